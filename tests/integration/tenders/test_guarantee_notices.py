"""What open lots ask of guarantees, as it is published: all at once, and only of lots that can be guaranteed."""

from datetime import timedelta

from app import guarantee_notices
from guarantees.chain import binding
from guarantees.chain.deployment import Deployment
from guarantees.lot_notice import parse_list, to_list
from guarantees.register import accounts
from tests.integration.tenders.office import DEADLINE, PUBLISHED, Office

DEPLOYMENT = Deployment(20170117, b"\x33" * 20, b"\x44" * 20, 0)


def test_an_open_lot_is_listed_once_a_chain_and_an_account_are_there(office: Office) -> None:
    tender = office.publish()
    after = PUBLISHED + timedelta(hours=1)
    with office.database.session() as session:
        assert guarantee_notices.open_lots(session, now=after) == []
        binding.bind(session, DEPLOYMENT)
        assert guarantee_notices.open_lots(session, now=after) == []  # nobody acts for the tenderee
        accounts.register(session, accounts.ANY, b"\x22" * 20, now=after)
        (notice,) = guarantee_notices.open_lots(session, now=after)
        assert (notice.tender, notice.bond, notice.account) == (tender, 10_000_000, "22" * 20)
        assert notice.deadline == int(DEADLINE.timestamp())
        assert notice.valid_until > notice.deadline + 89 * 86_400
        assert parse_list(to_list([notice])) == [notice]
        accounts.register(session, notice.beneficiary.credit_code, b"\x55" * 20, now=after)
        (own,) = guarantee_notices.open_lots(session, now=after)
        assert own.account == "55" * 20
        assert guarantee_notices.open_lots(session, now=DEADLINE) == []

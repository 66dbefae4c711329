"""A token for a verified organisation (RFC 9578 section 6.2), within its monthly allowance.

Written down is how many an organisation drew in a month. A request that is sent again, because its answer was lost,
counts again: to know it again we would have to keep it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.ports import VerifiedOrganisations
from bidding.tokens import keys
from bidding.tokens.models import AllowanceRow
from bidding.tokens.periods import period_of
from bidding.turned_away import Code, TurnedAwayError
from crypto.errors import EncodingError
from crypto.randomness import RandomBytes
from crypto.tokens.privacy_pass import TokenRequest, issue

MONTHLY_ALLOWANCE = 120
"""Tokens: an upload costs one, and so does a submission or a replacement."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """What issues: the secret keys at hand by their ids, who is verified, and how many tokens a month."""

    private_keys: Mapping[bytes, RSAPrivateKey]
    verified: VerifiedOrganisations
    allowance: int = MONTHLY_ALLOWANCE

    def issue(
        self, session: Session, organisation: str, request: bytes, *, now: datetime, random: RandomBytes
    ) -> bytes:
        """The TokenResponse of 256 bytes; the caller commits before it is sent.

        1. The request is one of type 0x0002, for the key of this month: TOKEN_REQUEST, TOKEN_KEY.
        2. The organisation is verified: NOT_VERIFIED.
        3. It has some of its allowance left, which shrinks by one: ALLOWANCE_USED.
        4. Sign.
        """
        try:
            parsed = TokenRequest.parse(request)  # 1
        except EncodingError as error:
            raise TurnedAwayError(Code.TOKEN_REQUEST) from error
        present = [key for key in keys.issuable(session, now=now) if key.period.not_before <= now]
        if not present or present[0].key_id[-1] != parsed.truncated_token_key_id:
            raise TurnedAwayError(Code.TOKEN_KEY)
        secret = self.private_keys.get(present[0].key_id)
        if secret is None:
            raise TurnedAwayError(Code.TOKEN_KEY, "the present key is not at hand here: ask the operator")
        self.verified.require_verified(session, organisation, now=now)  # 2
        self._count(session, organisation, now)  # 3
        try:
            return issue(secret, parsed, random)  # 4
        except EncodingError as error:
            raise TurnedAwayError(Code.TOKEN_REQUEST) from error

    def _count(self, session: Session, organisation: str, now: datetime) -> None:
        month = period_of(now).name
        values = {"organisation": organisation, "month": month, "drawn": 1}
        counted = session.execute(
            insert(AllowanceRow)
            .values(values)
            .on_conflict_do_update(
                index_elements=[AllowanceRow.organisation, AllowanceRow.month],
                set_={"drawn": AllowanceRow.drawn + 1},
                where=AllowanceRow.drawn < self.allowance,
            )
            .returning(AllowanceRow.drawn)
        ).scalar_one_or_none()
        if counted is None or counted > self.allowance:
            raise TurnedAwayError(Code.ALLOWANCE_USED)


def drawn(session: Session, organisation: str, *, now: datetime) -> int:
    """How many tokens the organisation has drawn this month."""
    row = session.get(AllowanceRow, (organisation, period_of(now).name))
    return 0 if row is None else row.drawn

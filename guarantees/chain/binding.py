"""One database, one deployment: what is queued and indexed belongs to two contracts on one chain, for ever."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from guarantees.chain.deployment import Deployment
from guarantees.chain.errors import ConfigurationError
from guarantees.chain.models import DeploymentRow


def bind(session: Session, deployment: Deployment) -> None:
    """Binds the database to the deployment, if it is bound to none; the caller commits.

    ConfigurationError if it is bound to another: its outbox would be sent to contracts that it was not meant for.
    """
    values = {
        "id": 1,
        "chain_id": deployment.chain_id,
        "guarantee_registry": deployment.registry,
        "ledger_anchor": deployment.ledger_anchor,
        "first_block": deployment.first_block,
    }
    session.execute(insert(DeploymentRow).values(values).on_conflict_do_nothing())
    found = bound(session)
    if found is None or _key(found) != _key(deployment):
        raise ConfigurationError(
            "this database belongs to other contracts or another chain than SUNSEAL_CHAIN_CONTRACTS names: "
            "a new deployment takes a new database"
        )


def bound(session: Session, *, for_update: bool = False) -> Deployment | None:
    """The deployment that the database is bound to, None if it is bound to none yet."""
    query = select(DeploymentRow).execution_options(populate_existing=True)
    row = session.execute(query.with_for_update() if for_update else query).scalar_one_or_none()
    if row is None:
        return None
    return Deployment(row.chain_id, row.guarantee_registry, row.ledger_anchor, row.first_block)


def _key(deployment: Deployment) -> tuple[int, bytes, bytes]:
    return deployment.chain_id, deployment.registry, deployment.ledger_anchor

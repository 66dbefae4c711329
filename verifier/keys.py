"""Groups, key generation and bindings, as the entries tell them."""

from crypto.errors import CryptoError
from ledger.view import LedgerView
from verifier.report import Report


def check_groups(view: LedgerView, report: Report) -> None:
    """Which groups the supervisor's key proposed, and who has not accepted ("group")."""
    for group in view.groups:
        members, name = len(group.proposal.members), group.proposal.name
        if group.is_complete:
            report.proved(
                "group",
                f"{name!r}: {group.threshold} of {members} keyholders, all of whom accepted",
                group.index,
            )
        else:
            report.noted(
                "group", f"{name!r}: {len(group.accepted)} of {members} have accepted so far", group.index
            )


def check_keys(view: LedgerView, report: Report) -> None:
    """Each key's certificate holds, and who spoiled a run is named ("key")."""
    complete = 0
    for run in view.keys:
        if run.certificate is not None:
            try:
                run.certificate.verify()
            except CryptoError as error:
                report.wrong(
                    "key", f"the key {run.id[:16]} has no certificate of all keyholders: {error}", run.index
                )
            else:
                complete += 1
        elif run.failed:
            blamed = ", ".join(run.group.member(number).name for number in run.culprits) or "nobody"
            report.noted("key", f"run {run.id[:16]} gave no key: {run.failed}; to blame: {blamed}", run.index)
        else:
            report.noted("key", f"run {run.id[:16]} is not complete yet", run.index)
    bound = sum(run.use is not None for run in view.keys)
    report.proved(
        "key",
        f"{complete} keys were made by all keyholders of their group, {bound} of them are bound, each once",
    )

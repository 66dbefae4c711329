"""What a keyholder has to say in groups and runs, from the ledger alone (docs/spec/opening.md, "Group, key pool").

It takes part in runs of groups that it accepted, as many as its limit allows, the oldest first. What it deals follows
from its seed and the run, and what it certifies is the one transcript that the ledger shows, after crypto.dkg.round2
took all that was dealt to it: so it needs no memory to say the same again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crypto import dkg
from crypto.dkg.errors import COORDINATOR
from crypto.dkg.messages import encode_bundle
from crypto.randomness import RandomBytes
from keyholder.identity import Identity
from ledger.entries import (
    GroupAccepted,
    GroupMember,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    SignedEntry,
    encode,
)
from ledger.entries.signed import UNSIGNED
from ledger.view import Group, KeyRun, LedgerView


@dataclass(frozen=True, slots=True)
class Said:
    """An entry to hand in; `subject` says what it is about, the same for what says the same."""

    subject: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Objection:
    """What it does not do in a run or a group, and why."""

    subject: str
    rule: str
    sentence: str


def own_member(identity: Identity, number: int, group: Group) -> bool:
    """Whether the member of that number is this keyholder in all of its keys."""
    member: GroupMember = group.member(number)
    card = identity.card()
    return (member.signing_key, member.static_key, member.witness) == (
        card.signing_key,
        card.static_key,
        card.witness,
    )


class Ceremony:
    """One keyholder's part in all groups and runs of a ledger.

    `certify(run, transcript)` remembers a transcript before it is certified, and says whether no other one was.
    """

    def __init__(
        self,
        identity: Identity,
        view: LedgerView,
        *,
        pool_limit: int,
        certify: Callable[[str, bytes], bool],
        random: RandomBytes,
    ) -> None:
        self._identity = identity
        self._view = view
        self._pool_limit = pool_limit
        self._certify = certify
        self._random = random

    def number_in(self, group: Group) -> int | None:
        """Its number in a group that it accepted; None if it did not, or is no member."""
        number = group.number_of(self._identity.signing.verify_key)
        return number if number in group.accepted else None

    def proposed(self) -> list[Group]:
        """Groups in which it has a place and that it has not accepted."""
        own = self._identity.signing.verify_key
        return [
            group
            for group in self._view.groups
            if (number := group.number_of(own)) is not None and number not in group.accepted
        ]

    def acceptances(self, approved: Callable[[str], bool]) -> Iterator[Said | Objection]:
        """For the groups that a person approved."""
        for group in self.proposed():
            number = group.number_of(self._identity.signing.verify_key)
            if number is None or not approved(group.id):
                continue
            subject = f"accept/{group.id}"
            if own_member(self._identity, number, group):
                entry = GroupAccepted(self._view.origin, group.id, number, UNSIGNED)
                yield Said(subject, self._signed(entry))
            else:
                yield Objection(
                    subject, "group", f"the group {group.proposal.name!r} has other keys of this keyholder's"
                )

    def joined(self) -> list[KeyRun]:
        """The open runs that it takes part in: a run counts for the limit as long as its key serves nothing."""
        counted = [
            run
            for run in self._view.keys
            if self.number_in(run.group) is not None and (run.is_open or run.is_free)
        ]
        return [run for run in counted[: self._pool_limit] if run.is_open]

    def pool(self) -> tuple[int, int]:
        """(free keys, open runs) of its groups."""
        own = [run for run in self._view.keys if self.number_in(run.group) is not None]
        return sum(run.is_free for run in own), sum(run.is_open for run in own)

    def due(self, wanted: Callable[[str], bool]) -> Iterator[Said | Objection]:
        """What it has to say in the runs that it takes part in; only of the subjects that are wanted."""
        for run in self.joined():
            number = self.number_in(run.group)
            if number is None or number in run.certified:
                continue
            if number not in run.dealt:
                if wanted(f"deal/{run.id}"):
                    yield self._deal(run, number)
            elif len(run.dealt) == run.session.participants and wanted(f"certify/{run.id}"):
                yield self._check(run, number)

    def share(self, run: KeyRun) -> dkg.KeyShare:
        """Its share of a key, from the entries of the run; Abort, EncodingError or VerificationError."""
        number = self.number_in(run.group)
        if run.certificate is None or number is None:
            raise dkg.Abort(dkg.Reason.SETUP, detail="the run has no key, or none that is shared here")
        mine = [message.ciphertexts[number - 1] for message in run.messages()]
        return dkg.recover(self._identity.static, run.certificate, encode_bundle(mine))

    def _deal(self, run: KeyRun, number: int) -> Said:
        entry = KeyDealt(self._view.origin, run.id, number, self._dealt(run, number).encode().hex(), UNSIGNED)
        return Said(f"deal/{run.id}", self._signed(entry))

    def _dealt(self, run: KeyRun, number: int) -> dkg.Round1Message:
        dealing = self._identity.dealing(bytes.fromhex(run.id))
        return dkg.round1(run.session, number, self._identity.static, dealing)

    def _check(self, run: KeyRun, number: int) -> Said | Objection:
        """Rounds 2 and 3: a certificate, a complaint, or neither."""
        subject = f"certify/{run.id}"
        own = self._dealt(run, number)
        if own.encode() != run.dealt[number].encode():
            return Objection(
                subject,
                "dealt",
                "the ledger has another message of this keyholder's: its key signs elsewhere too",
            )
        deliveries = [message.for_recipient(number) for message in run.messages()]
        try:
            dkg.round2(run.session, number, self._identity.static, deliveries, own.for_recipient(number))
        except dkg.Abort as abort:
            if abort.culprit in (None, COORDINATOR, number):
                return Objection(subject, "round2", f"the run cannot be certified: {abort}")
            return self._complain(run, number, abort.culprit)
        transcript = run.transcript()
        if not self._certify(run.id, transcript.encode()):
            return Objection(
                subject, "certified", "another transcript of this run was certified: the ledger forked"
            )
        signature = dkg.sign_transcript(transcript, self._identity.static)
        return Said(
            subject,
            self._signed(KeyCertified(self._view.origin, run.id, number, signature.hex(), UNSIGNED)),
        )

    def _complain(self, run: KeyRun, number: int, against: int) -> Said:
        delivery = run.dealt[against].for_recipient(number)
        complaint = dkg.complain(run.session, number, self._identity.static, against, delivery, self._random)
        entry = KeyComplained(self._view.origin, run.id, number, against, complaint.hex(), UNSIGNED)
        return Said(f"certify/{run.id}", self._signed(entry))

    def _signed(self, entry: SignedEntry) -> bytes:
        return encode(entry.signed_by(self._identity.signing))

"""Runs of key generation, the keys that come of them, and what each key is for.

A run is complete, and its key exists, with the last of n certificates in the ledger. It has failed for ever when the
platform ended it before, or when it can be seen of somebody's own signed entries that he did not keep to the protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crypto import dkg
from crypto.dkg import PublicKeys, Round1Message, Session, Transcript, ciphertext_commitment
from crypto.errors import CryptoError
from ledger.entries import (
    DrawKeyBound,
    KeyBound,
    KeyCertified,
    KeyComplained,
    KeyDealt,
    KeyRunEnded,
    KeyRunOpened,
    SignedEntry,
)
from ledger.view.errors import RefusedEntryError
from ledger.view.groups import Group, Groups

DRAWS = "draws"


@dataclass(frozen=True, slots=True)
class PartUse:
    """A key serves one part of one lot."""

    lot: str
    part: str

    def __str__(self) -> str:
        return f"part {self.part!r} of lot {self.lot!r}"


@dataclass(slots=True)
class KeyRun:
    """A run, and the key it made. `failed` says why nothing of it may be used, `culprits` whose fault that is."""

    id: str
    index: int
    group: Group
    session: Session
    dealt: dict[int, Round1Message] = field(default_factory=dict)
    certified: dict[int, bytes] = field(default_factory=dict)
    failed: str = ""
    culprits: tuple[int, ...] = ()
    certificate: dkg.Certificate | None = None
    public: PublicKeys | None = None
    use: PartUse | str | None = None
    _transcript: Transcript | None = None

    @property
    def is_complete(self) -> bool:
        return self.certificate is not None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for messages."""
        return not self.failed and not self.is_complete

    @property
    def is_free(self) -> bool:
        """Whether its key exists and serves nothing yet."""
        return self.is_complete and self.use is None

    def missing(self) -> tuple[int, ...]:
        """Who has not answered in the present round."""
        answered = self.certified if len(self.dealt) == self.session.participants else self.dealt
        return tuple(i for i in range(1, self.session.participants + 1) if i not in answered)

    def messages(self) -> tuple[Round1Message, ...]:
        """All n messages in order; RefusedEntryError if one is missing."""
        if len(self.dealt) < self.session.participants:
            raise RefusedEntryError("the run waits for what others deal")
        return tuple(self.dealt[i] for i in range(1, self.session.participants + 1))

    def transcript(self) -> Transcript:
        """What all sign; RefusedEntryError before all have dealt."""
        if self._transcript is None:
            messages = self.messages()
            self._transcript = Transcript.of(self.session, messages, ciphertext_commitment(messages))
        return self._transcript

    def fail(self, reason: str, culprits: tuple[int, ...] = ()) -> None:
        self.failed, self.culprits = reason, culprits


class Keys:
    """All runs by id, and the key of each part."""

    def __init__(self, origin: str, groups: Groups) -> None:
        self._origin = origin
        self._groups = groups
        self._runs: dict[str, KeyRun] = {}
        self._by_part: dict[PartUse | str, KeyRun] = {}
        self._refused: dict[PartUse, str] = {}

    def __iter__(self) -> Iterator[KeyRun]:
        return iter(self._runs.values())

    def get(self, run_id: str) -> KeyRun:
        """RefusedEntryError if there is none."""
        if run_id not in self._runs:
            raise RefusedEntryError(f"no run {run_id[:16]} of key generation was opened")
        return self._runs[run_id]

    def of_part(self, use: PartUse) -> KeyRun:
        """The run whose key serves that part; RefusedEntryError, with the reason, if none does."""
        if use not in self._by_part:
            raise RefusedEntryError(self._refused.get(use) or f"no key is bound to {use}")
        return self._by_part[use]

    def open(self, index: int, leaf_id: str, entry: KeyRunOpened) -> None:
        group = self._groups.get(entry.group)
        if not group.is_complete or leaf_id in self._runs:
            raise RefusedEntryError("the group is not complete, or this very run was opened before")
        session = Session.new(bytes.fromhex(leaf_id), group.threshold, group.static_keys)
        self._runs[leaf_id] = KeyRun(leaf_id, index, group, session)

    def deal(self, entry: KeyDealt) -> None:
        run = self._open_run(entry)
        data = bytes.fromhex(entry.message)
        before = run.dealt.get(entry.member)
        if before is not None:
            if before.encode() != data:
                run.fail(f"member {entry.member} dealt two different messages", (entry.member,))
            raise RefusedEntryError(f"member {entry.member} has dealt before")
        try:
            run.dealt[entry.member] = dkg.check_round1(run.session, entry.member, data)
        except dkg.Abort as abort:
            run.fail(str(abort), (entry.member,))

    def certify(self, entry: KeyCertified) -> None:
        run = self._open_run(entry)
        transcript = run.transcript()
        if entry.member in run.certified:
            raise RefusedEntryError(f"member {entry.member} has certified before")
        signature = bytes.fromhex(entry.certificate)
        try:
            dkg.check_transcript_signature(transcript, entry.member, signature)
        except dkg.Abort as abort:
            run.fail(str(abort), (entry.member,))
            return
        run.certified[entry.member] = signature
        if len(run.certified) < run.session.participants:
            return
        try:
            run.public = transcript.public_keys()
        except CryptoError as error:
            run.fail(f"the commitments give no key: {error}")
            return
        signatures = tuple(run.certified[i] for i in range(1, run.session.participants + 1))
        run.certificate = dkg.Certificate(transcript, signatures)

    def complain(self, entry: KeyComplained) -> None:
        run = self._open_run(entry)
        run.messages()
        run.group.member(entry.against)
        try:
            founded = dkg.check_complaint(
                run.session,
                entry.member,
                entry.against,
                run.dealt[entry.against].for_recipient(entry.member),
                bytes.fromhex(entry.complaint),
            )
        except CryptoError as error:
            run.fail(f"member {entry.member} complained without ground: {error}", (entry.member,))
        else:
            run.fail(f"member {entry.against} dealt no right share: {founded}", (entry.against,))

    def end(self, entry: KeyRunEnded) -> None:
        run = self.get(entry.run)
        if not run.is_open:
            raise RefusedEntryError("the run has ended before")
        absent = run.missing()
        run.fail(f"ended by the platform: {entry.reason}", tuple(i for i in entry.missing if i in absent))

    def bind(self, entry: KeyBound) -> None:
        use = PartUse(entry.lot, entry.part)
        try:
            run = self._free(entry.key, use)
        except RefusedEntryError as error:
            self._refused.setdefault(use, str(error))
            raise
        run.use = use
        self._by_part[use] = run

    def bind_to_draws(self, entry: DrawKeyBound) -> None:
        self._free(entry.key, DRAWS).use = DRAWS

    def _free(self, key: str, use: PartUse | str) -> KeyRun:
        run = self.get(key)
        if use in self._by_part:
            raise RefusedEntryError(f"{use} has another key already")
        if not run.is_complete:
            raise RefusedEntryError(f"the key {key[:16]} does not exist: its run is not complete")
        if run.use is not None:
            raise RefusedEntryError(
                f"the key {key[:16]} was bound before, to {run.use}, and serves nothing else"
            )
        return run

    def _open_run(self, entry: KeyDealt | KeyCertified | KeyComplained) -> KeyRun:
        run = self.get(entry.run)
        _check_origin(entry, self._origin)
        entry.check_signature(run.group.signing_key(entry.member))
        if not run.is_open:
            raise RefusedEntryError("the run has ended")
        return run


def _check_origin(entry: SignedEntry, origin: str) -> None:
    if entry.origin != origin:
        raise RefusedEntryError("the entry was signed for another log")

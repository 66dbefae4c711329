"""Who holds keys together: proposed by the supervisor, accepted by each keyholder."""

from dataclasses import dataclass

from crypto.curve import Point
from crypto.errors import CryptoError
from crypto.signatures import VerifyKey
from ledger.entries.fields import Hash, Member, Name, Origin, PublicKey, Recipient, Signature, VerifierKey
from ledger.entries.registry import register
from ledger.entries.signed import SignedEntry
from ledger.errors import EntryError


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One keyholder: its name, its static key for ceremonies, its key for signed entries, its witness's key."""

    name: Name
    static_key: PublicKey
    signing_key: PublicKey
    witness: VerifierKey


@register("group-proposed/v1")
@dataclass(frozen=True, slots=True)
class GroupProposed(SignedEntry):
    """The supervisor proposes a group of keyholders and how many of them suffice. It is never changed: who wants
    another group proposes another one.

    The group is called by the hash of this leaf. `recipient` is the supervisor's, to which shares of a committee's
    part are sealed beside the platform's.
    """

    origin: Origin
    name: Name
    threshold: Member
    members: tuple[GroupMember, ...]
    recipient: Recipient
    supervisor: PublicKey
    signature: Signature

    def check(self) -> None:
        """EntryError for a group that cannot be; SignatureError unless the key in it signed it.

        Whether that key is the supervisor's is for whoever reads it to know.
        """
        if not self.threshold <= len(self.members):
            raise EntryError(f"{self.threshold} keyholders cannot suffice in a group of {len(self.members)}")
        for what in ("static_key", "signing_key", "witness", "name"):
            if len({getattr(member, what) for member in self.members}) != len(self.members):
                raise EntryError(f"two members of a group have the same {what.replace('_', ' ')}")
        try:
            for member in self.members:
                Point(bytes.fromhex(member.static_key))
                VerifyKey(bytes.fromhex(member.signing_key))
            supervisor = VerifyKey(bytes.fromhex(self.supervisor))
        except CryptoError as error:
            raise EntryError(f"a key in the proposal of a group is none: {error}") from error
        self.check_signature(supervisor)


@register("group-accepted/v1")
@dataclass(frozen=True, slots=True)
class GroupAccepted(SignedEntry):
    """A keyholder takes its place in a group; the group exists when all have."""

    origin: Origin
    group: Hash
    member: Member
    signature: Signature

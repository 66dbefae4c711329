"""The errors of the ledger: one small hierarchy that keeps "malformed" and "does not hold" apart.

    LedgerError
      MalformedError      also a crypto EncodingError: bytes or text that are not the one canonical form
      UnverifiedError     also a crypto VerificationError: well formed, but it does not prove what it should
      ConflictError       a witness has moved on from the size a request starts at
      LogError            the log is not there, or an entry is not in it yet
      RangeError          an index, size or hash that the tree at hand does not have: the caller's mistake

No message here holds a salt, a sealed body or a key. The names in them are those of logs and witnesses.
"""

from crypto.errors import EncodingError, VerificationError


class LedgerError(Exception):
    """Anything this package refuses."""


class LogError(LedgerError):
    """The log is not there, or what is asked of it is not in it yet."""


class RangeError(LedgerError, ValueError):
    """An index, size or hash that the tree at hand does not have."""


class MalformedError(LedgerError, EncodingError):
    """Bytes or text that are not the one canonical form of what they should be."""


class NoteError(MalformedError):
    """Not a signed note, a signature line or a verifier key (c2sp.org/signed-note)."""


class CheckpointError(MalformedError):
    """Not the text of a checkpoint (c2sp.org/tlog-checkpoint)."""


class WitnessMessageError(MalformedError):
    """Not a request to a witness or an answer of one (c2sp.org/tlog-witness)."""


class TileError(MalformedError):
    """Not a tile, an entry bundle or the path of one (c2sp.org/tlog-tiles)."""


class ProofError(MalformedError):
    """Not a .tlog-proof file, or a Merkle proof with a hash that is not 32 bytes."""


class EntryError(MalformedError):
    """Not an entry: too long for the log, or not RFC 8785 JSON."""


class UnverifiedError(LedgerError, VerificationError):
    """Well formed, but it does not prove what it should."""


class UnknownOriginError(UnverifiedError):
    """A checkpoint of a log that is not known here."""


class SignatureError(UnverifiedError):
    """A known key's signature that fails, or no signature of a known key at all."""


class QuorumError(UnverifiedError):
    """Too few witnesses cosigned. `missing` names those that did not."""

    def __init__(self, message: str, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing


class InclusionError(UnverifiedError):
    """The leaf is not at that place in the tree."""


class InconsistentError(UnverifiedError):
    """Two tree heads that cannot both be of one append-only log: it forked or shrank."""


class RevealError(UnverifiedError):
    """A salt and a body that are not those of the commitment."""


class ConflictError(LedgerError):
    """A request that starts at another size than the last one the witness cosigned, which is `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the latest checkpoint cosigned here has size {size}: prove consistency from there")
        self.size = size

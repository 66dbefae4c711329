"""Why a witness does not cosign, beside what the log did wrong (ledger.errors): its own troubles.

    WitnessError
      StateError          a file of the witness is missing, damaged or cannot be written
      UncomparedError     it has not yet compared its memory with what the log publishes
      InDoubtError        its memory is not what it signed: a person must decide
      DecisionError       what a person decided cannot be
      PublishedError      what a log publishes could not be had, or is nothing to compare with
      ConfigError         the witness's configuration is malformed

No message here holds a key or a part of a request's body.
"""


class WitnessError(Exception):
    """Anything the witness itself cannot do."""


class StateError(WitnessError):
    """A file of the witness is missing, damaged or cannot be written."""


class UncomparedError(WitnessError):
    """The memory has not yet been compared with what the log publishes."""


class InDoubtError(WitnessError):
    """The memory is not what the witness signed; nothing is cosigned until a person decides."""


class DecisionError(WitnessError):
    """A person's decision that the witness must not follow."""


class PublishedError(WitnessError):
    """What a log publishes could not be had, or is nothing to compare with."""


class ConfigError(WitnessError):
    """The witness's configuration is malformed."""

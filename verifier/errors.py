"""What keeps the verifier from its work; what it finds wrong is a finding, not an error."""


class VerifierError(Exception):
    """Anything that stops the verification."""


class SourceError(VerifierError):
    """A file of the log cannot be had: it is missing, too large, or the network fails."""

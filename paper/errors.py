"""The error of paper."""


class PaperError(Exception):
    """A key or certificate that cannot be read; or what cannot be printed or signed."""

"""Where randomness comes from: an argument, never a module of ours."""

from collections.abc import Callable

RandomBytes = Callable[[int], bytes]
"""`random(n)` gives n bytes no one can predict. Production passes `secrets.token_bytes`."""

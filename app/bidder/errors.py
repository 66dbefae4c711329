"""What a bidder can do something about in its folder."""

from collections.abc import Sequence

from statutes.said import Said


class FolderError(Exception):
    """One sentence or more, each in both languages."""

    def __init__(self, *said: Said) -> None:
        super().__init__(" ".join(one.en for one in said))
        self.said: Sequence[Said] = said

"""Against guessing check codes of guarantees, on the page and over the API alike.

Nobody knows who asks, and nobody is to: so what is counted is wrong answers, of one number and of all together, in each
process. A code has 80 bits: what is allowed here in a year finds none. Whoever knows a number can use up its wrong
answers and hold up others' checks of it for a minute; the file guarantee.json is checked without asking anybody.
"""

import hashlib
from datetime import datetime

import limits
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.orm import Session

from app.errors import ProblemError
from app.guarantee_lots import TenderedLots
from guarantees import public_check
from guarantees.public_check import Answer, Validity
from statutes.said import Said

OF_ONE = "20 per minute"
OF_ALL = "600 per minute"
TOO_MANY = Said(
    "查询不到的次数过多，请一分钟后再试。", "Too many checks have found nothing: try again in a minute."
)


class Guesses:
    """The wrong answers of this process. Numbers are kept as hashes, and for no longer than a minute."""

    def __init__(self, of_one: str = OF_ONE, of_all: str = OF_ALL) -> None:
        self._of_one, self._of_all = limits.parse(of_one), limits.parse(of_all)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def check(self, session: Session, number: str, code: str, *, now: datetime) -> Answer:
        """The public check. ProblemError (429), also for what would be right, if too many were wrong."""
        self._require(number)
        answer = public_check.check(session, TenderedLots(), number, code, now=now)
        if answer.validity is Validity.NOT_KNOWN:
            self._limiter.hit(self._of_one, _name(number))
            self._limiter.hit(self._of_all, "all")
        return answer

    def _require(self, number: str) -> None:
        free = self._limiter.test(self._of_one, _name(number)) and self._limiter.test(self._of_all, "all")
        if not free:
            raise ProblemError("too-many", TOO_MANY, headers={"Retry-After": "60"})


def _name(number: str) -> str:
    return hashlib.sha256(number.encode("utf-8", "surrogatepass")).hexdigest()

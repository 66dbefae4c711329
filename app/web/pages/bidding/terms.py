"""What the browser's programs are told of this platform: whom to believe, where bids go, what tokens are for."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app

from app.api.submission_app import PREFIX
from app.place import ConfigurationError, Place
from bidding.tokens.challenge import TokenTerms
from statutes.said import Said

_KEY = "sunseal.bidding-terms"


class NoBiddingError(Exception):
    """This platform takes no bids yet; it has no witnesses, or no policy that names them."""

    said = Said(
        "本平台尚未配置见证人，暂不能接收投标。", "This platform has no witnesses yet, and takes no bids."
    )


@dataclass(frozen=True, slots=True)
class BiddingTerms:
    """`policy` is the text of a c2sp.org/tlog-policy file, `submission` the URL that sealed files go to."""

    policy: str
    tokens: TokenTerms
    submission: str

    @property
    def connects_to(self) -> str:
        """For the Content-Security-Policy: 'self', and the host of submissions where that is another."""
        address = urlsplit(self.submission)
        return f"'self' {address.scheme}://{address.netloc}" if address.netloc else "'self'"


def install(app: Flask, place: Place) -> None:
    """Reads the policy once. A place without one has pages that say so."""
    app.extensions[_KEY] = _terms(place)


def terms() -> BiddingTerms:
    """NoBiddingError where there are none."""
    found: BiddingTerms | None = current_app.extensions.get(_KEY)
    if found is None:
        raise NoBiddingError
    return found


def _terms(place: Place) -> BiddingTerms | None:
    try:
        place.policy()
    except ConfigurationError:
        return None
    host = place.environment.get("SUNSEAL_SUBMISSION_URL", "").rstrip("/")
    if host and not host.startswith(("https://", "http://")):
        raise ConfigurationError(
            "SUNSEAL_SUBMISSION_URL is a whole address, such as https://bids.example.org"
        )
    policy = Path(place.environment["SUNSEAL_POLICY"]).read_text("utf-8")
    return BiddingTerms(policy, place.token_terms, host + PREFIX)

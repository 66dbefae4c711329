"""One attempt to deliver: a signed POST to an address that was looked at, and what came of it.

All of it takes ATTEMPT_SECONDS at most, however slowly the other side answers. Of the answer only the status is read.
"""

import asyncio
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from socket import SOCK_STREAM, gaierror

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto import party_keys
from crypto.http_signatures import HttpRequest, sign
from crypto.randomness import RandomBytes
from guarantees.webhooks import target
from guarantees.webhooks.errors import TargetError

ATTEMPT_SECONDS = 15.0
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Result:
    """`trouble` is empty for what was delivered. `is_final`: the receiver wants no more of it (410)."""

    status: int | None
    trouble: str = ""
    is_final: bool = False


async def resolve(host: str, port: int) -> Sequence[str]:
    """The machine's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Poster:
    """What an attempt works with. `loopback` and `tls` are for development and tests (guarantees.webhooks.target)."""

    key: Ed25519PrivateKey = field(repr=False)
    random: RandomBytes
    loopback: bool = False
    resolver: Resolver = resolve
    tls: ssl.SSLContext | None = None

    @property
    def key_id(self) -> str:
        """The `keyid` of its signatures."""
        return party_keys.key_id(party_keys.spki(self.key.public_key()))

    def client(self) -> httpx.AsyncClient:
        """Without proxies, redirects and what the environment says."""
        return httpx.AsyncClient(
            verify=self.tls or True, trust_env=False, follow_redirects=False, timeout=ATTEMPT_SECONDS
        )

    async def post(
        self, client: httpx.AsyncClient, url: str, content: bytes, event: str, *, now: datetime
    ) -> Result:
        """Never raises for what the other side does or is."""
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                status = await self._post(client, url, content, event, now)
        except TargetError as error:
            return Result(None, str(error))
        except TimeoutError:
            return Result(None, f"no answer within {ATTEMPT_SECONDS:.0f} seconds")
        except gaierror:
            return Result(None, "its name does not resolve")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Result(None, f"no answer: {type(error).__name__}")  # its sentence may name addresses
        if 200 <= status < 300:
            return Result(status)
        if 300 <= status < 400:
            return Result(status, "it redirects, and no redirect is followed")
        return Result(status, f"it answered {status}", is_final=status == 410)

    async def _post(
        self, client: httpx.AsyncClient, url: str, content: bytes, event: str, now: datetime
    ) -> int:
        # 1. An address that is public, of the name as it resolves now
        found = target.parse(url, loopback=self.loopback)
        addresses = await self.resolver(found.host, found.port)
        for address in addresses:
            target.require_public(address, loopback=self.loopback)
        # 2. Signed for the URL that was subscribed, whatever address it has
        fields = (("Content-Type", "application/json"), ("Sunseal-Event", event))
        nonce = urlsafe_b64encode(self.random(18)).decode("ascii")
        request = HttpRequest("POST", found.uri, fields, content)
        signature = sign(request, self.key_id, self.key, nonce=nonce, now=now)
        # 3. Sent to that address, with the name for Host and for the certificate
        built = client.build_request(
            "POST",
            found.at(addresses[0]),
            content=content,
            headers=[("Host", found.authority), *fields, *signature],
            extensions={"sni_hostname": found.host},
        )
        answer = await client.send(built, stream=True)
        await answer.aclose()
        return answer.status_code

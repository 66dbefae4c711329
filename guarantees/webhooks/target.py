"""Where a webhook may be sent: never to what only this machine's network reaches (SSRF).

1. The URL is https, of a name with a top-level domain in letters; no user, no fragment.
2. When it is sent, the name is resolved once, each of its addresses has to be a public one, and the connection is made
   to an address that was looked at: a name that changes between the look and the connection gains nothing.
3. No redirect is followed, and no proxy of the environment is used.

For development and tests `loopback` lets http and https go to this machine itself, and to nothing else private.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from guarantees.webhooks.errors import TargetError

MAX_URL = 2000
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; `uri` is what is signed, `host` what the certificate is for."""

    scheme: str
    host: str
    port: int
    path: str
    uri: str

    def at(self, address: str) -> str:
        """The same with an address in the name's place."""
        named = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{named}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """For the field Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def parse(url: str, *, loopback: bool = False) -> Target:
    """Point 1. TargetError."""
    if len(url) > MAX_URL or not _PRINTABLE.fullmatch(url):
        raise _refused("不是网址", "it is no URL in printable ASCII of at most 2000 characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _refused("不是网址", "it is no URL") from error
    if parts.username is not None or parts.password is not None or "#" in url:
        raise _refused("不得含用户名、密码或片段", "it must have no user, password or fragment")
    is_local = loopback and host in _LOOPBACK
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise _refused("必须使用 https", "it must be https")
    if not is_local and not _NAME.fullmatch(host):
        raise _refused("必须是公开域名，不得是 IP 地址", "it must name a public host, not an address")
    if port == 0:
        raise _refused("端口无效", "it names no port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or {"https": 443, "http": 80}[parts.scheme], path, "")
    return Target(target.scheme, host, target.port, path, f"{target.scheme}://{target.authority}{path}")


def require_public(address: str, *, loopback: bool = False) -> None:
    """Point 2, for one address as the resolver gave it. TargetError."""
    found = _inner(ip_address(address.partition("%")[0]))
    if loopback and found.is_loopback:
        return
    if (
        not found.is_global
        or found.is_multicast
        or found.is_reserved
        or found.is_unspecified
        or found.is_loopback
        or found.is_link_local
    ):
        raise _refused("域名指向非公开网络地址", "its name leads to an address that is not public")


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for: what the packet reaches in the end."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None:
            return address.teredo[1]
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _refused(zh: str, en: str) -> TargetError:
    return TargetError(f"此回调地址不被接受：{zh}。", f"nothing is sent to this address: {en}")

"""Where a webhook may be sent, and where never (SSRF)."""

import pytest

from guarantees.webhooks.errors import TargetError
from guarantees.webhooks.target import parse, require_public


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://bank.example/hook", "https://bank.example/hook"),
        ("https://bank.example", "https://bank.example/"),
        ("https://BANK.example:443/a?b=c%20d", "https://bank.example/a?b=c%20d"),
        ("https://a-b.bank.example:8443/x", "https://a-b.bank.example:8443/x"),
        ("https://xn--fiqs8s.example/", "https://xn--fiqs8s.example/"),
    ],
)
def test_public_names_over_https_are_taken(url: str, uri: str) -> None:
    assert parse(url).uri == uri


@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example/",
        "ftp://bank.example/",
        "bank.example",
        "https://",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://8.8.8.8/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://127.1/",
        "https://bank.example.1/",
        "https://bank/",
        "https://bank.example./",
        "https://-a.example/",
        "https://user@bank.example/",
        "https://user:secret@bank.example/",
        "https://@bank.example/",
        "https://bank.example@127.0.0.1/",
        "https://bank.example/#x",
        "https://bank.example/#",
        "https://bank.example:0/",
        "https://bank.example:99999/",
        "https://bank.example:x/",
        "https://bank.example/a b",
        "https://bank.example/\n",
        "https://银行.example/",
        "https://bank.example\\@127.0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://bank.example/" + "a" * 2000,
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(TargetError, match="nothing is sent to this address"):
        parse(url)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo, of a client at 10.0.0.1
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(TargetError, match="not public"):
        require_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_taken(address: str) -> None:
    require_public(address)


def test_loopback_is_for_this_machine_and_nothing_else() -> None:
    for url in ("http://127.0.0.1:8080/x", "http://localhost:1/", "https://[::1]/"):
        assert parse(url, loopback=True).uri == url
    for url in ("http://bank.example/", "http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0/"):
        with pytest.raises(TargetError):
            parse(url, loopback=True)
    require_public("127.0.0.1", loopback=True)
    require_public("::1", loopback=True)
    for address in ("10.0.0.1", "169.254.169.254", "0.0.0.0", "fe80::1"):
        with pytest.raises(TargetError):
            require_public(address, loopback=True)

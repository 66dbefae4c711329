"""The encoder of docs/spec/encoding.md: injective, domain-separated, strict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import encode, hash512


def test_worked_example_of_the_specification() -> None:
    assert encode("sunseal/example/v1", b"\x01\x02", "标", 7).hex() == (
        "0000000000000012"
        + b"sunseal/example/v1".hex()
        + "0000000000000002"
        + "0102"
        + "0000000000000003"
        + "e6a087"
        + "0000000000000008"
        + "0000000000000007"
    )
    assert hash512("sunseal/example/v1", b"\x01\x02", "标", 7).hex() == (
        "dc16e57d4b655ad8d59e5c06a4ce432abc4fd8d9df5f944bf8aff1a28935738a"
        "2a917d01ef81985dba691ea29b42064a273d8b76f414c4412081903d1728a20d"
    )


@given(st.lists(st.binary(max_size=12), max_size=5), st.lists(st.binary(max_size=12), max_size=5))
def test_different_fields_never_share_an_encoding(a: list[bytes], b: list[bytes]) -> None:
    assert (encode("sunseal/test/v1", *a) == encode("sunseal/test/v1", *b)) == (a == b)


def test_moving_a_byte_between_domain_and_field_changes_the_encoding() -> None:
    assert encode("sunseal/test/v1", b"x") != encode("sunseal/test/v1x", b"")


@pytest.mark.parametrize("domain", ["", "sunseal/é", "a\nb"])
def test_domains_are_printable_ascii(domain: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        encode(domain)


@pytest.mark.parametrize("value", [-1, 2**64])
def test_integers_outside_64_bits_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match=r"0 and 2\^64-1"):
        encode("sunseal/test/v1", value)

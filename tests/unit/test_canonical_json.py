"""Canonical JSON: one byte string for one value, whatever the stack, and nothing else is read."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical_json import MAX_DEPTH, dumps, loads
from crypto.errors import EncodingError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15, allow_nan=False)
    | st.text()
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def test_example_of_rfc8785_section_3_2_2() -> None:
    value: Any = {
        "numbers": [333333333.33333329, 1e30 / 1e15, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\u0022/",
        "literals": [None, True, False],
    }
    assert dumps(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1000000000000000,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(VALUES)
def test_the_short_way_for_plain_values_writes_what_the_library_does(value: Any) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_reads_back(value: Any) -> None:
    assert dumps(loads(dumps(value))) == dumps(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e2",
        b"-0",
        b'"\\u0041"',
        b"NaN",
        b"Infinity",
        b"[1,]",
        b"",
        b"\xff",
        b"\xef\xbb\xbf1",
        b'"\\ud800"',
        b"9007199254740993",
        b" 1",
        b"1\n",
    ],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingError):
        loads(data)


@pytest.mark.parametrize("value", [2**53, -(2**53), 1e20, float("nan"), float("inf"), "\ud800"])
def test_values_without_a_form_that_reads_back_are_refused(value: Any) -> None:
    with pytest.raises(EncodingError):
        dumps(value)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_depth_has_one_limit_for_writing_and_reading() -> None:
    assert loads(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))
    for levels in (MAX_DEPTH + 1, 5000, 100_000):
        with pytest.raises(EncodingError, match="levels"):
            loads(nested(levels))
    with pytest.raises(EncodingError, match="levels"):
        dumps(json.loads(nested(MAX_DEPTH + 1)))


def test_brackets_in_text_are_no_levels() -> None:
    value: Any = {"text": "[{" * 200 + '\\"[[' + "\\"}
    assert loads(dumps(value)) == value

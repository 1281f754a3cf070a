"""Parses ranges, addresses and XML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop_local.obs import xml
from imagedrop_local.obs.address import Address, address_of
from imagedrop_local.obs.model import StoreError
from imagedrop_local.obs.ranges import parse_ranges


@settings(max_examples=200)
@given(first=st.integers(0, 20), last=st.none() | st.integers(0, 20), size=st.integers(0, 15))
def test_a_range_returns_its_bytes(first: int, last: int | None, size: int) -> None:
    content = bytes(range(size))
    expected = content[first:] if last is None else content[first : last + 1]
    found = parse_ranges(f"bytes={first}-{'' if last is None else last}", size)
    assert [content[start : start + length] for start, length in found] == ([expected] if expected else [])


@settings(max_examples=50)
@given(last=st.integers(0, 20), size=st.integers(0, 15))
def test_a_suffix_range_returns_the_last_bytes(last: int, size: int) -> None:
    content = bytes(range(size))
    expected = content[-last:] if last else b""
    assert [content[s : s + n] for s, n in parse_ranges(f"bytes=-{last}", size)] == ([expected] if expected else [])


@settings(max_examples=200)
@given(text=st.text(max_size=30), size=st.integers(0, 10))
def test_any_other_range_is_ignored_or_inside_the_object(text: str, size: int) -> None:
    for start, length in parse_ranges(f"bytes={text}", size):
        assert 0 <= start < start + length <= size


def test_hundreds_of_ranges_are_ignored() -> None:
    assert parse_ranges("bytes=" + ",".join(["0-0"] * 500), 10) == []


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("127.0.0.1:8080", "/drops/a%2Fb", Address("drops", "a/b", virtual=False)),
        ("[::1]:8080", "/drops", Address("drops", "", virtual=False)),
        ("localhost:8080", "/", Address("", "", virtual=False)),
        ("obs.cn-north-4.myhuaweicloud.com", "/drops/k", Address("drops", "k", virtual=False)),
        ("drops.obs.cn-north-4.myhuaweicloud.com", "/a/b%20c", Address("drops", "a/b c", virtual=True)),
        ("my.drops.obs.cn-north-4.myhuaweicloud.com:443", "//k", Address("my.drops", "/k", virtual=True)),
        ("drops.localhost:8080", "/k", Address("drops", "k", virtual=True)),
        ("obs.localhost:8080", "/drops/k", Address("drops", "k", virtual=False)),
        ("", "/drops/k", Address("drops", "k", virtual=False)),
    ],
)
def test_the_bucket_is_read_from_host_or_path(host: str, path: str, expected: Address) -> None:
    assert address_of(host, path) == expected


@settings(max_examples=100)
@given(text=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")))
def test_text_written_as_xml_is_parsed_to_the_same_text(text: str) -> None:
    tree = ElementTree.fromstring(xml.write("Root", (("Key", text),)))
    assert (tree[0].text or "").replace("\r", "") == text.replace("\r", "")


@pytest.mark.parametrize(
    "body",
    [b"", b"<Root", b"<Other/>", b'<!DOCTYPE x [<!ENTITY a "b">]><Root>&a;</Root>', b"\xff\xfe", b"<Root>" * 10],
)
def test_invalid_or_unexpected_xml_is_refused(body: bytes) -> None:
    with pytest.raises(StoreError, match="MalformedXML"):
        xml.read(body, "Root")

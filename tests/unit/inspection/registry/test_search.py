"""Finding a subkey among many: all kinds of lists, sorted as Windows or other writers do, or not sorted."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.registry.names import hashed
from imagedrop.inspection.upper_case import upper
from tests.unit.inspection.registry.hives import BINS, HiveBuilder, existing_key, fixture

KINDS = (b"li", b"lf", b"lh")
MANY = [f"{start}{number:04}" for start in ("Aa", "a_", "B[", "bb", "Mi", "Z", "zz", "日本") for number in range(120)]
IN_ORDER = sorted(MANY, key=str.upper)


@pytest.mark.parametrize("leaf_size", [0, 500, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_each_of_many_subkeys_is_found(kind: bytes, leaf_size: int) -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.parent(kind, IN_ORDER, leaf_size))
    wanted = random.Random(1).sample(MANY, 60)
    assert {name: child and child.name for name, child in key.subkeys(*wanted).items()} == {
        name: name for name in wanted
    }
    assert set(key.subkeys("Aa", "Aa00000", "~", "", "ZZ0999", "日本x").values()) == {None, key}


@pytest.mark.parametrize("leaf_size", [0, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_a_subkey_is_found_in_lists_sorted_by_lower_case(kind: bytes, leaf_size: int) -> None:
    builder = HiveBuilder()
    names = sorted((f"{start}{number}" for start in ("Aa", "a_", "bb", "B[") for number in range(400)), key=str.lower)
    assert names != sorted(names, key=str.upper)
    key = builder.opened(builder.parent(kind, names, leaf_size))
    assert all(child for child in key.subkeys(*names[::7]).values())


@pytest.mark.parametrize("leaf_size", [0, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_a_subkey_is_found_in_lists_that_are_not_sorted(kind: bytes, leaf_size: int) -> None:
    builder = HiveBuilder()
    names = random.Random(2).sample(MANY, len(MANY))
    key = builder.opened(builder.parent(kind, names, leaf_size))
    assert all(child for child in key.subkeys(*MANY[::97]).values())
    assert key.subkey("Aa9999") is None


def test_a_list_of_more_than_1024_unsorted_entries_is_refused() -> None:
    builder = HiveBuilder()
    names = [f"{number:05}" for number in range(3000)]
    key = builder.opened(builder.parent(b"li", random.Random(3).sample(names, len(names))))
    with pytest.raises(Unreadable) as caught:
        key.subkey("01234")
    assert "unsorted" in caught.value.values["why"]


@pytest.mark.parametrize("hint", [bytes(4), b"a\0b\0", b"\xc4\0\0\0", b"?\xff??"])
def test_a_hint_that_is_not_ascii_excludes_no_name(hint: bytes) -> None:
    builder = HiveBuilder()
    entries = [builder.key(name).to_bytes(4, "little") + hint for name in ("abc", "Äbc")]
    key = builder.opened(builder.key("parent", (2, builder.cell(b"lf\2\0" + b"".join(entries)))))
    assert key.subkey("ABC") is not None
    assert key.subkey("äBC") is not None


def test_a_key_with_another_hint_is_not_read() -> None:
    builder = HiveBuilder()
    parent = builder.parent(b"lf", ["Other", "Wanted"])
    start = builder.data.index(b"Other")
    builder.data[start - 76 : start - 74] = b"??"  # reading it would be refused
    assert builder.opened(parent).subkey("wanted") is not None


def test_a_name_that_is_not_ascii_is_found_though_its_hash_is_wrong() -> None:
    builder = HiveBuilder()
    child = builder.key("Größe")
    key = builder.opened(
        builder.key("parent", (1, builder.cell(b"lh\1\0" + child.to_bytes(4, "little") + b"\1\2\3\4")))
    )
    assert key.subkey("GRÖße") is not None


def test_two_names_with_the_same_hash_are_distinguished() -> None:
    first, second = "AAF", "AB!"  # 37 * ord("A") + ord("F") == 37 * ord("B") + ord("!")
    assert hashed(first) == hashed(second)
    builder = HiveBuilder()
    key = builder.opened(builder.parent(b"lh", [first, second]))
    assert existing_key(key, second).name == second


@pytest.mark.parametrize(
    ("name", "big"),
    [("straße", "STRAßE"), ("ı", "ı"), ("ſ", "ſ"), ("µ", "µ"), ("ÿ", "Ÿ"), ("я", "Я"), ("ǅ", "ǅ"), ("日", "日")],
)
def test_upper_case_is_that_of_windows(name: str, big: str) -> None:
    assert upper(name) == big


def test_the_hash_is_the_one_that_hivex_stores() -> None:
    data, checked = fixture("lh"), 0
    at = data.find(b"lh")
    while at != -1:
        (count,) = struct.unpack_from("<H", data, at + 2)
        entries = data[at + 4 : at + 4 + 8 * count]
        in_use = struct.unpack_from("<i", data, at - 4)[0] < 0
        for offset, stored in struct.iter_unpack("<II", entries) if in_use else ():
            (length,) = struct.unpack_from("<H", data, BINS + offset + 4 + 72)
            name = data[BINS + offset + 80 :][:length]
            if name.isascii() and b"\0" not in name:
                assert hashed(name.decode()) == stored, name
                checked += 1
        at = data.find(b"lh", at + 1)
    assert checked > 600


NAME = st.text(st.characters(codec="utf-16-le", exclude_characters="\\\0"), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(names=st.lists(NAME, min_size=1, max_size=14, unique_by=upper), kind=st.sampled_from(KINDS), other=NAME,
       leaf_size=st.sampled_from([0, 1, 3]))  # fmt: skip
def test_any_name_is_found_and_no_other(names: list[str], kind: bytes, other: str, leaf_size: int) -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.parent(kind, sorted(names, key=upper), leaf_size))
    assert all(existing_key(key, name).name == name for name in names)
    if upper(other) not in map(upper, names):
        assert key.subkey(other) is None

"""Finding a child among many: every kind of list, in the order of Windows, in that of others, in none."""

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
def test_each_of_many_children_is_found(kind: bytes, leaf_size: int) -> None:
    forge = HiveBuilder()
    key = forge.opened(forge.parent(kind, IN_ORDER, leaf_size))
    wanted = random.Random(1).sample(MANY, 60)
    assert {name: child and child.name for name, child in key.subkeys(*wanted).items()} == {one: one for one in wanted}
    assert set(key.subkeys("Aa", "Aa00000", "~", "", "ZZ0999", "日本x").values()) == {None, key}


@pytest.mark.parametrize("leaf_size", [0, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_lists_in_the_order_of_lower_case_are_searched_too(kind: bytes, leaf_size: int) -> None:
    forge = HiveBuilder()
    names = sorted((f"{start}{number}" for start in ("Aa", "a_", "bb", "B[") for number in range(400)), key=str.lower)
    assert names != sorted(names, key=str.upper)
    key = forge.opened(forge.parent(kind, names, leaf_size))
    assert all(child for child in key.subkeys(*names[::7]).values())


@pytest.mark.parametrize("leaf_size", [0, 30])
@pytest.mark.parametrize("kind", KINDS)
def test_lists_in_no_order_are_looked_through(kind: bytes, leaf_size: int) -> None:
    forge = HiveBuilder()
    names = random.Random(2).sample(MANY, len(MANY))
    key = forge.opened(forge.parent(kind, names, leaf_size))
    assert all(child for child in key.subkeys(*MANY[::97]).values())
    assert key.subkey("Aa9999") is None


def test_a_very_long_list_in_no_order_is_refused() -> None:
    forge = HiveBuilder()
    names = [f"{number:05}" for number in range(3000)]
    key = forge.opened(forge.parent(b"li", random.Random(3).sample(names, len(names))))
    with pytest.raises(Unreadable) as caught:
        key.subkey("01234")
    assert "unsorted" in caught.value.values["why"]


@pytest.mark.parametrize("hint", [bytes(4), b"a\0b\0", b"\xc4\0\0\0", b"?\xff??"])
def test_a_hint_that_is_not_ascii_rules_nothing_out(hint: bytes) -> None:
    forge = HiveBuilder()
    entries = [forge.key(name).to_bytes(4, "little") + hint for name in ("abc", "Äbc")]
    key = forge.opened(forge.key("parent", (2, forge.cell(b"lf\2\0" + b"".join(entries)))))
    assert key.subkey("ABC") is not None
    assert key.subkey("äBC") is not None


def test_hints_spare_reading_what_begins_otherwise() -> None:
    forge = HiveBuilder()
    parent = forge.parent(b"lf", ["Other", "Wanted"])
    start = forge.data.index(b"Other")
    forge.data[start - 76 : start - 74] = b"??"  # reading it would be refused
    assert forge.opened(parent).subkey("wanted") is not None


def test_hashes_of_other_writers_do_not_hide_names_that_are_not_ascii() -> None:
    forge = HiveBuilder()
    child = forge.key("Größe")
    key = forge.opened(forge.key("parent", (1, forge.cell(b"lh\1\0" + child.to_bytes(4, "little") + b"\1\2\3\4"))))
    assert key.subkey("GRÖße") is not None


def test_of_two_names_with_one_hash_the_right_one_is_found() -> None:
    first, second = "AAF", "AB!"  # 37 * ord("A") + ord("F") == 37 * ord("B") + ord("!")
    assert hashed(first) == hashed(second)
    forge = HiveBuilder()
    key = forge.opened(forge.parent(b"lh", [first, second]))
    assert existing_key(key, second).name == second


@pytest.mark.parametrize(
    ("name", "big"),
    [("straße", "STRAßE"), ("ı", "ı"), ("ſ", "ſ"), ("µ", "µ"), ("ÿ", "Ÿ"), ("я", "Я"), ("ǅ", "ǅ"), ("日", "日")],
)
def test_upper_case_is_that_of_the_system(name: str, big: str) -> None:
    assert upper(name) == big


def test_the_hash_is_that_which_hivex_stores() -> None:
    data, checked = fixture("lh"), 0
    at = data.find(b"lh")
    while at != -1:
        (count,) = struct.unpack_from("<H", data, at + 2)
        entries = data[at + 4 : at + 4 + 8 * count]
        in_use = struct.unpack_from("<i", data, at - 4)[0] < 0
        for place, stored in struct.iter_unpack("<II", entries) if in_use else ():
            (length,) = struct.unpack_from("<H", data, BINS + place + 4 + 72)
            name = data[BINS + place + 80 :][:length]
            if name.isascii() and b"\0" not in name:
                assert hashed(name.decode()) == stored, name
                checked += 1
        at = data.find(b"lh", at + 1)
    assert checked > 600


NAME = st.text(st.characters(codec="utf-16-le", exclude_characters="\\\0"), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(names=st.lists(NAME, min_size=1, max_size=20, unique_by=upper), kind=st.sampled_from(KINDS), other=NAME,
       leaf_size=st.sampled_from([0, 1, 3]))  # fmt: skip
def test_whatever_the_names_each_is_found_and_no_other(
    names: list[str], kind: bytes, other: str, leaf_size: int
) -> None:
    forge = HiveBuilder()
    key = forge.opened(forge.parent(kind, sorted(names, key=upper), leaf_size))
    assert all(existing_key(key, name).name == name for name in names)
    if upper(other) not in map(upper, names):
        assert key.subkey(other) is None

"""Hives that were made to break their reader: refused, with what and where, in no time."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import pytest

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.registry import Key
from tests.unit.inspection.registry.hives import (  # fmt: skip
    BINS,
    CURRENT,
    NAMES,
    NONE,
    HiveBuilder,
    RemoteHive,
    expected_values,
    fixture,
    leaf_entry,
    open_hive,
)

RUNS = 150  # a fixture


def refusal(job: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        job()
    assert caught.value.values["what"] == "registry hive TEST"
    return str(caught.value.values["why"])


@pytest.mark.parametrize("offset", [0, 8, 28, 36, 33, 4096 * 8, 0x7FFFFFF8, NONE, NONE - 7])
def test_a_root_where_no_cell_can_be_is_refused(offset: int) -> None:
    forge = HiveBuilder()
    forge.key("root")
    assert f"{offset:#x} is not at a valid cell offset" in refusal(lambda: forge.opened(offset))


def test_a_cell_between_two_places_of_cells_is_refused() -> None:
    forge = HiveBuilder()
    forge.gap(4)
    root = forge.key("root")
    assert "is not at a valid cell offset" in refusal(lambda: forge.opened(root))


@pytest.mark.parametrize(
    ("size", "why"),
    [(96, "free"), (0, "free"), (-4096 * 4, "16384 bytes"), (-(1 << 31), "bytes"), (-95, "95 bytes"), (-8, "holds")],
)
def test_a_cell_of_a_size_that_cannot_be_is_refused(size: int, why: str) -> None:
    forge = HiveBuilder()
    root = forge.key("root")
    struct.pack_into("<i", forge.data, root, size)
    assert why in refusal(lambda: forge.opened(root))


def test_a_cell_of_another_kind_is_refused() -> None:
    forge = HiveBuilder()
    key, value = forge.key("key"), forge.value("value", 1, b"")
    assert "begins with b'vk'" in refusal(lambda: forge.opened(value))
    assert "begins with b'nk'" in refusal(lambda: forge.opened(forge.key("parent", (1, key))).subkey("x"))
    assert "begins with b'nk'" in refusal(lambda: forge.opened(forge.with_values(key)).values("x"))
    listed = forge.leaf(b"lh", [(value, "X")])
    assert "begins with b'vk'" in refusal(lambda: forge.opened(forge.key("parent", (1, listed))).subkey("x"))


def test_a_name_longer_than_its_cell_is_refused() -> None:
    forge = HiveBuilder()
    root = forge.key("root")
    struct.pack_into("<H", forge.data, root + 4 + 72, 200)
    assert "not 276" in refusal(lambda: forge.opened(root))


def test_a_name_longer_than_names_are_is_refused() -> None:
    forge = HiveBuilder()
    assert "name of 600 bytes" in refusal(lambda: forge.opened(forge.key("x" * 600)))


def test_a_key_that_is_its_own_descendant_is_refused() -> None:
    forge = HiveBuilder()
    listed = forge.cell(bytes(12))
    root = forge.key("loop", (1, listed))
    forge.data[listed + 4 : listed + 16] = b"lh\1\0" + leaf_entry(b"lh", root, "loop")
    key = forge.opened(root)
    assert "its own descendant" in refusal(lambda: key.subkey("loop"))
    assert key.names(1000) == ["loop"]


def test_a_root_list_of_itself_is_refused() -> None:
    forge = HiveBuilder()
    listed = forge.root_of([len(forge.data)])
    key = forge.opened(forge.key("parent", (3, listed)))
    assert "begins with b'ri'" in refusal(lambda: key.subkey("x"))
    assert "begins with b'ri'" in refusal(lambda: key.names(5))


@pytest.mark.parametrize("count", [65537, NONE])
def test_more_children_than_a_key_can_have_are_refused(count: int) -> None:
    forge = HiveBuilder()
    key = forge.opened(forge.key("parent", (count, forge.leaf(b"lh", []))))
    assert str(count) in refusal(lambda: key.subkey("x"))
    assert str(count) in refusal(lambda: key.names(5))


def test_a_list_longer_than_its_cell_is_refused() -> None:
    forge = HiveBuilder()
    key = forge.opened(forge.key("parent", (2, forge.cell(b"lh\xff\xff" + bytes(16)))))
    assert "holds" in refusal(lambda: key.subkey("x"))


@pytest.mark.parametrize("kind", [b"li", b"lh"])
def test_the_same_long_list_many_times_over_is_refused_before_it_fills_the_memory(kind: bytes) -> None:
    forge = HiveBuilder()
    child = leaf_entry(kind, forge.key("child"), "child")
    leaf = forge.cell(kind + b"\xff\xff" + child * 65535)
    key = forge.opened(forge.key("parent", (65535, forge.root_of([leaf] * 65535))))
    assert "more than 65536" in refusal(lambda: key.subkey("child"))
    assert len(key.names(100)) == 100


def test_an_empty_list_has_no_children() -> None:
    forge = HiveBuilder()
    empty = forge.leaf(b"lh", [])
    assert forge.opened(forge.key("parent", (1, empty))).subkey("x") is None
    assert forge.opened(forge.key("parent", (1, forge.root_of([empty] * 20)))).names(5) == []
    assert forge.opened(forge.key("parent", (1, forge.root_of([])))).subkey("x") is None


def test_a_way_through_many_keys_of_one_name_ends() -> None:
    forge = HiveBuilder()
    key = forge.key("k")
    for _ in range(300):
        key = forge.key("k", (1, forge.leaf(b"lh", [(key, "k")])))
    root = forge.opened(key)
    assert root.subkey("\\".join("k" * 300)) is not None
    assert root.subkey("\\".join("k" * 301)) is None


def look_at_everything(root: Key) -> None:
    for child in root.names(50):
        root.subkey(child)
    root.subkeys(
        "Software\\日本", "One\\two\\three\\four\\five\\six\\seven", "ControlSet001\\Services\\Bits123", "nobody"
    )
    if (current := root.subkey(CURRENT)) is not None:
        current.values(*expected_values()[CURRENT])


@pytest.mark.parametrize("name", NAMES)
def test_no_changed_byte_breaks_the_reader(name: str) -> None:
    data, seen = fixture(name), list[tuple[int, int]]()
    hive = RemoteHive(data)
    read = hive.read

    def recorded(offset: int, length: int) -> bytes:
        seen.append((offset, min(length, 200)))
        return read(offset, length)

    hive.read = recorded  # type: ignore[method-assign]
    opened_hive = hive.hive()
    hive.run(lambda: look_at_everything(opened_hive.root()))
    dice, unreadable = random.Random(name), 0
    for _ in range(RUNS):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at, length = dice.choice(seen)
            changed[at + dice.randrange(length)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        try:
            look_at_everything(open_hive(bytes(changed)).root())
        except Unreadable:
            unreadable += 1
    assert RUNS // 10 < unreadable < RUNS


def test_noise_behind_a_sound_base_block_is_refused() -> None:
    dice = random.Random(4)
    for _ in range(200):
        data = fixture("lh")[:BINS] + dice.randbytes(8192)
        with pytest.raises(Unreadable):
            open_hive(data).root()


@pytest.mark.timeout(10)
def test_the_same_long_name_many_times_over_takes_no_time() -> None:
    forge = HiveBuilder()
    value = forge.raw_value("я" * 32767, 1 << 31 | 4, bytes(4), 3)
    assert forge.opened(forge.with_values(*[value] * 4096)).values("x") == {}

"""Hives made by hand to break the reader: each is refused, with the cell and its offset."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

import pytest

from imagedrop.inspection.errors import Unreadable
from imagedrop.inspection.registry import Key, values
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

RUNS = 150  # for each fixture


def refusal(job: Callable[[], object]) -> str:
    with pytest.raises(Unreadable) as caught:
        job()
    assert caught.value.values["what"] == "registry hive TEST"
    return str(caught.value.values["why"])


@pytest.mark.parametrize("offset", [0, 8, 28, 36, 33, 4096 * 8, 0x7FFFFFF8, NONE, NONE - 7])
def test_a_root_at_an_invalid_offset_is_refused(offset: int) -> None:
    builder = HiveBuilder()
    builder.key("root")
    assert f"{offset:#x} is not at a valid cell offset" in refusal(lambda: builder.opened(offset))


def test_a_cell_at_an_offset_that_is_no_multiple_of_8_is_refused() -> None:
    builder = HiveBuilder()
    builder.gap(4)
    root = builder.key("root")
    assert "is not at a valid cell offset" in refusal(lambda: builder.opened(root))


@pytest.mark.parametrize(
    ("size", "why"),
    [(96, "free"), (0, "free"), (-4096 * 4, "16384 bytes"), (-(1 << 31), "bytes"), (-95, "95 bytes"), (-8, "holds")],
)
def test_a_cell_of_an_invalid_size_is_refused(size: int, why: str) -> None:
    builder = HiveBuilder()
    root = builder.key("root")
    struct.pack_into("<i", builder.data, root, size)
    assert why in refusal(lambda: builder.opened(root))


def test_a_cell_with_another_signature_is_refused() -> None:
    builder = HiveBuilder()
    key, value = builder.key("key"), builder.value("value", 1, b"")
    assert "begins with b'vk'" in refusal(lambda: builder.opened(value))
    assert "begins with b'nk'" in refusal(lambda: builder.opened(builder.key("parent", (1, key))).subkey("x"))
    assert "begins with b'nk'" in refusal(lambda: builder.opened(builder.with_values(key)).values("x"))
    listed = builder.leaf(b"lh", [(value, "X")])
    assert "begins with b'vk'" in refusal(lambda: builder.opened(builder.key("parent", (1, listed))).subkey("x"))


def test_a_name_longer_than_its_cell_is_refused() -> None:
    builder = HiveBuilder()
    root = builder.key("root")
    struct.pack_into("<H", builder.data, root + 4 + 72, 200)
    assert "not 276" in refusal(lambda: builder.opened(root))


def test_a_name_longer_than_512_bytes_is_refused() -> None:
    builder = HiveBuilder()
    assert "name of 600 bytes" in refusal(lambda: builder.opened(builder.key("x" * 600)))


def test_a_key_that_is_its_own_descendant_is_refused() -> None:
    builder = HiveBuilder()
    listed = builder.cell(bytes(12))
    root = builder.key("loop", (1, listed))
    builder.data[listed + 4 : listed + 16] = b"lh\1\0" + leaf_entry(b"lh", root, "loop")
    key = builder.opened(root)
    assert "its own descendant" in refusal(lambda: key.subkey("loop"))
    assert key.names(1000) == ["loop"]


def test_a_root_list_of_itself_is_refused() -> None:
    builder = HiveBuilder()
    listed = builder.root_of([len(builder.data)])
    key = builder.opened(builder.key("parent", (3, listed)))
    assert "begins with b'ri'" in refusal(lambda: key.subkey("x"))
    assert "begins with b'ri'" in refusal(lambda: key.names(5))


@pytest.mark.parametrize("count", [65537, NONE])
def test_more_than_65536_subkeys_are_refused(count: int) -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.key("parent", (count, builder.leaf(b"lh", []))))
    assert str(count) in refusal(lambda: key.subkey("x"))
    assert str(count) in refusal(lambda: key.names(5))


def test_a_list_longer_than_its_cell_is_refused() -> None:
    builder = HiveBuilder()
    key = builder.opened(builder.key("parent", (2, builder.cell(b"lh\xff\xff" + bytes(16)))))
    assert "holds" in refusal(lambda: key.subkey("x"))


@pytest.mark.parametrize("kind", [b"li", b"lh"])
def test_a_root_that_names_one_long_list_many_times_is_refused(kind: bytes) -> None:
    builder = HiveBuilder()
    child = leaf_entry(kind, builder.key("child"), "child")
    leaf = builder.cell(kind + b"\xff\xff" + child * 65535)
    key = builder.opened(builder.key("parent", (65535, builder.root_of([leaf] * 65535))))
    assert "more than 65536" in refusal(lambda: key.subkey("child"))
    assert len(key.names(100)) == 100


def test_an_empty_list_has_no_subkeys() -> None:
    builder = HiveBuilder()
    empty = builder.leaf(b"lh", [])
    assert builder.opened(builder.key("parent", (1, empty))).subkey("x") is None
    assert builder.opened(builder.key("parent", (1, builder.root_of([empty] * 20)))).names(5) == []
    assert builder.opened(builder.key("parent", (1, builder.root_of([])))).subkey("x") is None


def test_a_path_of_300_keys_of_one_name_is_followed() -> None:
    builder = HiveBuilder()
    key = builder.key("k")
    for _ in range(300):
        key = builder.key("k", (1, builder.leaf(b"lh", [(key, "k")])))
    root = builder.opened(key)
    assert root.subkey("\\".join("k" * 300)) is not None
    assert root.subkey("\\".join("k" * 301)) is None


def read_keys_and_values(root: Key) -> None:
    for child in root.names(50):
        root.subkey(child)
    root.subkeys(
        "Software\\日本", "One\\two\\three\\four\\five\\six\\seven", "ControlSet001\\Services\\Bits123", "nobody"
    )
    if (current := root.subkey(CURRENT)) is not None:
        current.values(*expected_values()[CURRENT])


@pytest.mark.parametrize("name", NAMES)
def test_a_hive_with_changed_bytes_is_read_or_refused(name: str) -> None:
    data, reads = fixture(name), list[tuple[int, int]]()
    hive = RemoteHive(data)
    read = hive.read

    def recorded(offset: int, length: int) -> bytes:
        reads.append((offset, min(length, 200)))
        return read(offset, length)

    hive.read = recorded  # type: ignore[method-assign]
    opened_hive = hive.hive()
    hive.run(lambda: read_keys_and_values(opened_hive.root()))
    dice, unreadable = random.Random(name), 0
    for _ in range(RUNS):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            at, length = dice.choice(reads)
            changed[at + dice.randrange(length)] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        try:
            read_keys_and_values(open_hive(bytes(changed)).root())
        except Unreadable:
            unreadable += 1
    assert RUNS // 10 < unreadable < RUNS


def test_noise_behind_a_valid_base_block_is_refused() -> None:
    dice = random.Random(4)
    for _ in range(200):
        data = fixture("lh")[:BINS] + dice.randbytes(8192)
        with pytest.raises(Unreadable):
            open_hive(data).root()


def test_4096_values_with_one_long_name_are_searched_without_putting_the_name_in_upper_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    builder = HiveBuilder()
    value = builder.raw_value("я" * 32767, 1 << 31 | 4, bytes(4), 3)
    key = builder.opened(builder.with_values(*[value] * 4096))

    def upper(name: str) -> str:
        assert len(name) == 1
        return name.upper()

    monkeypatch.setattr(values, "upper", upper)
    assert key.values("x") == {}

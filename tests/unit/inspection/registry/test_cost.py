"""Round trips are what a remote hive costs: few, and no more for a larger hive."""

from __future__ import annotations

import functools

import pytest

from tests.unit.inspection.registry.hives import (
    BINS,
    BLOCK,
    CURRENT,
    NAMES,
    HiveBuilder,
    RemoteHive,
    existing_key,
    expected_values,
    fixture,
)


@functools.cache
def wide(count: int, leaf_size: int) -> bytes:
    forge = HiveBuilder()
    keys = [(forge.key(name), name) for name in (f"Component {number:05}" for number in range(count))]
    leaves = []
    for at in range(0, count, leaf_size):
        forge.gap(BLOCK)  # as far apart as in a hive that has grown for years
        leaves.append(forge.leaf(b"lh", keys[at : at + leaf_size]))
    return forge.bytes(forge.key("parent", (count, forge.root_of(leaves))))


@pytest.mark.parametrize("name", NAMES)
def test_a_lookup_reads_a_few_blocks_and_announces_them_all(name: str) -> None:
    remote = RemoteHive(fixture(name))
    hive = remote.hive()
    current = remote.run(lambda: existing_key(hive.root(), CURRENT))
    values = remote.run(lambda: current.values("ProductName", "CurrentBuild", "UBR", "Owners"))
    assert values["UBR"] == 2849
    assert remote.round_trips <= 4
    assert len(remote.fetched) <= 8


def trips(*paths: str) -> int:
    remote = RemoteHive(fixture("lh"))
    hive = remote.hive()
    assert all(remote.run(lambda: hive.root().subkeys(*paths)).values())
    return remote.round_trips


def test_several_ways_cost_little_more_than_the_longest() -> None:
    ways = ("One\\two\\three\\four\\five\\six\\seven", "ControlSet001\\Services\\viostor", CURRENT)
    assert trips(*ways) <= max(map(trips, ways)) + 1 < sum(map(trips, ways))


def test_the_cells_of_many_values_are_read_side_by_side() -> None:
    forge = HiveBuilder()
    stored = []
    for number in range(40):
        stored.append(forge.value(f"value {number}", 1, f"text {number}\0".encode("utf-16-le")))
        forge.gap(BLOCK)
    remote = RemoteHive(forge.bytes(forge.with_values(*stored)))
    hive = remote.hive()
    names = [f"value {number}" for number in range(40)]
    assert len(remote.run(lambda: hive.root().values(*names))) == 40
    assert remote.round_trips <= 4


@pytest.mark.parametrize("leaf_size", [100, 500])
def test_what_a_lookup_costs_does_not_grow_with_the_number_of_brothers(leaf_size: int) -> None:
    costs = []
    for count in (2_000, 20_000):
        remote = RemoteHive(wide(count, leaf_size))
        hive = remote.hive()
        assert remote.run(lambda hive=hive: hive.root().subkey("Component 01234")) is not None  # type: ignore[misc]
        costs.append((remote.round_trips, len(remote.fetched)))
    assert max(trips for trips, _ in costs) <= 8
    assert max(blocks for _, blocks in costs) <= 45


def test_a_list_that_lies_in_two_blocks_comes_in_one_round_trip() -> None:
    forge = HiveBuilder()
    keys = [(forge.key(name), name) for name in (f"{number:03}" for number in range(300))]
    forge.gap(-len(forge.data) % BLOCK - BINS + 5 * BLOCK - 800)
    listed = forge.leaf(b"lh", keys)
    assert (BINS + listed) // BLOCK != (BINS + listed + 2400) // BLOCK
    forge.gap(3 * BLOCK)
    remote = RemoteHive(forge.bytes(forge.key("parent", (len(keys), listed))))
    hive = remote.hive()
    root = remote.run(hive.root)
    before = remote.round_trips
    assert remote.run(lambda: root.subkey("123")) is not None
    assert remote.round_trips - before == 1  # the children lie where the hive begins


def test_what_was_found_costs_nothing_the_second_time() -> None:
    remote = RemoteHive(fixture("lh"))
    hive = remote.hive()
    for _ in range(2):
        before = remote.reads
        key = remote.run(lambda: existing_key(hive.root(), CURRENT))
        remote.run(lambda key=key: key.values("UBR", "None such"))  # type: ignore[misc]
    assert remote.reads == before


def test_a_reader_that_is_stopped_and_begun_again_finds_the_same() -> None:
    remote = RemoteHive(fixture("li"))
    hive = remote.hive()
    paths = list(expected_values())[::9]
    keys = remote.run(lambda: hive.root().subkeys(*paths))
    for path in paths:
        key = keys[path]
        assert key is not None
        assert remote.run(lambda key=key, path=path: key.values(*expected_values()[path])) == expected_values()[path]  # type: ignore[misc]

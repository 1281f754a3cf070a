"""The round trips of a hive behind a cache: few, and not more for a larger hive."""

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
    builder = HiveBuilder()
    keys = [(builder.key(name), name) for name in (f"Component {number:05}" for number in range(count))]
    leaves = []
    for at in range(0, count, leaf_size):
        builder.gap(BLOCK)  # lists are so far apart in a hive that has grown for years
        leaves.append(builder.leaf(b"lh", keys[at : at + leaf_size]))
    return builder.bytes(builder.key("parent", (count, builder.root_of(leaves))))


@pytest.mark.parametrize("name", NAMES)
def test_a_lookup_takes_at_most_four_round_trips_and_eight_blocks(name: str) -> None:
    remote = RemoteHive(fixture(name))
    hive = remote.hive()
    current = remote.run(lambda: existing_key(hive.root(), CURRENT))
    values = remote.run(lambda: current.values("ProductName", "CurrentBuild", "UBR", "Owners"))
    assert values["UBR"] == 2849
    assert remote.round_trips <= 4
    assert len(remote.fetched) <= 8


def round_trips(*paths: str) -> int:
    remote = RemoteHive(fixture("lh"))
    hive = remote.hive()
    assert all(remote.run(lambda: hive.root().subkeys(*paths)).values())
    return remote.round_trips


def test_several_paths_take_one_round_trip_more_than_the_longest() -> None:
    paths = ("One\\two\\three\\four\\five\\six\\seven", "ControlSet001\\Services\\viostor", CURRENT)
    assert round_trips(*paths) <= max(map(round_trips, paths)) + 1 < sum(map(round_trips, paths))


def test_the_cells_of_many_values_are_fetched_together() -> None:
    builder = HiveBuilder()
    stored = []
    for number in range(40):
        stored.append(builder.value(f"value {number}", 1, f"text {number}\0".encode("utf-16-le")))
        builder.gap(BLOCK)
    remote = RemoteHive(builder.bytes(builder.with_values(*stored)))
    hive = remote.hive()
    names = [f"value {number}" for number in range(40)]
    assert len(remote.run(lambda: hive.root().values(*names))) == 40
    assert remote.round_trips <= 4


@pytest.mark.parametrize("leaf_size", [100, 500])
def test_the_cost_of_a_lookup_does_not_grow_with_the_number_of_siblings(leaf_size: int) -> None:
    costs = []
    for count in (2_000, 20_000):
        remote = RemoteHive(wide(count, leaf_size))
        hive = remote.hive()
        assert remote.run(lambda hive=hive: hive.root().subkey("Component 01234")) is not None  # type: ignore[misc]
        costs.append((remote.round_trips, len(remote.fetched)))
    assert max(trips for trips, _ in costs) <= 8
    assert max(blocks for _, blocks in costs) <= 45


def test_a_list_in_two_blocks_is_fetched_in_one_round_trip() -> None:
    builder = HiveBuilder()
    keys = [(builder.key(name), name) for name in (f"{number:03}" for number in range(300))]
    builder.gap(-len(builder.data) % BLOCK - BINS + 5 * BLOCK - 800)
    listed = builder.leaf(b"lh", keys)
    assert (BINS + listed) // BLOCK != (BINS + listed + 2400) // BLOCK
    builder.gap(3 * BLOCK)
    remote = RemoteHive(builder.bytes(builder.key("parent", (len(keys), listed))))
    hive = remote.hive()
    root = remote.run(hive.root)
    before = remote.round_trips
    assert remote.run(lambda: root.subkey("123")) is not None
    assert remote.round_trips - before == 1  # the subkeys are at the start of the hive, which is fetched


def test_a_second_lookup_reads_nothing() -> None:
    remote = RemoteHive(fixture("lh"))
    hive = remote.hive()
    for _ in range(2):
        before = remote.reads
        key = remote.run(lambda: existing_key(hive.root(), CURRENT))
        remote.run(lambda key=key: key.values("UBR", "None such"))  # type: ignore[misc]
    assert remote.reads == before


def test_keys_and_values_are_found_though_missing_blocks_interrupt_the_lookup() -> None:
    remote = RemoteHive(fixture("li"))
    hive = remote.hive()
    paths = list(expected_values())[::9]
    keys = remote.run(lambda: hive.root().subkeys(*paths))
    for path in paths:
        key = keys[path]
        assert key is not None
        assert remote.run(lambda key=key, path=path: key.values(*expected_values()[path])) == expected_values()[path]  # type: ignore[misc]

"""The matrix reports every difference."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from samples.builder import ntfs_bitmap
from samples.builder.recipe import Ntfs
from tests.matrix.comparison import COLUMNS, disagreements, disagreements_with_dissect
from tests.matrix.layout_check import layout_problems
from tests.unit.inspection.windows.images import expected

FACTS = expected()["server-2022"]
BY_DISSECT: dict[str, Any] = {
    "partitions": [{name: part[name] for name in ("start", "size", "filesystem")} for part in FACTS["partitions"]],
    "ntfs_dirty": False,
    "hibernated": False,
    "windows": {name: value for name, value in FACTS["windows"].items() if name != "os_version"},
}
LAYOUT = {"cluster": 4096, "hive_extents": 1, "hive_compressed": False, "mft_extents": 1}


@pytest.mark.parametrize(("column", "name"), [(column, name) for column, names in COLUMNS.items() for name in names])
def test_any_fact_that_differs_is_reported_in_its_column(column: str, name: str) -> None:
    found = copy.deepcopy(FACTS)
    (found["windows"] if name.startswith(".") else found)[name.strip(".")] = "another"
    assert [where for where, _ in disagreements(found, FACTS)] == [column]


def test_a_windows_that_was_not_found_is_reported() -> None:
    assert {"product", "drivers"} < {column for column, _ in disagreements({**FACTS, "windows": None}, FACTS)}


def test_agreement_with_dissect_is_not_reported() -> None:
    assert list(disagreements_with_dissect(BY_DISSECT, FACTS)) == []


@pytest.mark.parametrize("name", BY_DISSECT)
def test_any_difference_from_dissect_is_reported(name: str) -> None:
    assert len(list(disagreements_with_dissect({**BY_DISSECT, name: None}, FACTS))) == 1


def test_a_failure_of_dissect_is_reported() -> None:
    assert list(disagreements_with_dissect({"error": "MemoryError: "}, FACTS)) == ["MemoryError: "]


@pytest.mark.parametrize(
    "recipe", [Ntfs(cluster=512), Ntfs(pieces=1), Ntfs(mft_pieces=1), Ntfs(compressed=("Windows",))], ids=str
)
def test_a_volume_that_is_easier_to_read_than_its_recipe_is_reported(recipe: Ntfs) -> None:
    assert len(list(layout_problems(recipe, [LAYOUT]))) == 1
    assert list(layout_problems(Ntfs(), [LAYOUT])) == []


@pytest.mark.parametrize("pieces", [1, 3, 8])
def test_the_bitmap_of_a_fragmented_volume_marks_every_second_run_of_clusters(pieces: int) -> None:
    bits = ntfs_bitmap._number(ntfs_bitmap._every_second(pieces, 30))
    assert [bits >> at & 1 for at in range(240)] == [at // pieces % 2 for at in range(240)]

"""Tests that share a stack stay in one worker."""

from __future__ import annotations

from pathlib import Path

from tests.support.workers import APART, ONE_STACK, group

ROOT = Path(__file__).parents[2]


def test_what_is_grouped_exists() -> None:
    assert all((ROOT / folder / "conftest.py").is_file() for folder in ONE_STACK)
    assert all((ROOT / file).is_file() for file in APART)


def test_a_folder_with_one_stack_is_one_group() -> None:
    assert group("tests/e2e/test_drops.py::test_a") == group("tests/e2e/test_clients.py::test_b[x/y.py::z]")


def test_a_file_is_a_group_and_a_long_test_is_one_by_itself() -> None:
    assert group("tests/unit/a/test_b.py::test_c[x]") == group("tests/unit/a/test_b.py::test_d")
    assert group("tests/unit/a/test_b.py::test_c") != group("tests/unit/a/test_e.py::test_c")
    assert group(f"{APART[0]}::test_a[1]") != group(f"{APART[0]}::test_a[2]")

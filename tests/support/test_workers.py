"""Tests that share a stack run in one worker."""

from __future__ import annotations

from pathlib import Path

from tests.support.workers import SEPARATE_TESTS, SHARED_STACK, group

ROOT = Path(__file__).parents[2]


def test_grouped_files_and_folders_exist() -> None:
    assert all((ROOT / folder / "conftest.py").is_file() for folder in SHARED_STACK)
    assert all((ROOT / file).is_file() for file in SEPARATE_TESTS)


def test_folder_with_shared_stack_is_one_group() -> None:
    assert group("tests/e2e/test_drops.py::test_a") == group("tests/e2e/test_clients.py::test_b[x/y.py::z]")


def test_file_is_one_group_and_slow_tests_are_separate_groups() -> None:
    assert group("tests/unit/a/test_b.py::test_c[x]") == group("tests/unit/a/test_b.py::test_d")
    assert group("tests/unit/a/test_b.py::test_c") != group("tests/unit/a/test_e.py::test_c")
    assert group(f"{SEPARATE_TESTS[0]}::test_a[1]") != group(f"{SEPARATE_TESTS[0]}::test_a[2]")

"""A function only parses, calls one entry of the core and answers. `.importlinter` has the rules for the core."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.project_paths import FUNCTIONS, NAMES

ENTRIES = {name: f"imagedrop.workflow.{name}" for name in NAMES} | {"intake": "imagedrop.intake.receive"}
TYPES = ("imagedrop.ports.Ports", "imagedrop.domain.messages.")


def imported(file: Path) -> Iterator[str]:
    """Full names: `imagedrop.ports.Ports` for `from imagedrop.ports import Ports`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_short_and_imports_its_entry_of_the_core_and_nothing_else(name: str) -> None:
    file = FUNCTIONS / name / "app.py"
    ours = [full for full in imported(file) if full.split(".")[0] not in sys.stdlib_module_names]
    allowed = (ENTRIES[name], "imagedrop.entry.", *TYPES)
    assert [full for full in ours if not full.startswith(allowed)] == []
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 40

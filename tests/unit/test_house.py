"""Which part of the code may import which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.project_paths import FUNCTIONS, NAMES, ROOT

CORE = ROOT / "layers/core/imagedrop"
PURE = (
    "sidecar", "inspection", "rules", "events", "domain.drop", "workflow.register", "workflow.poll", "workflow.notify",
    "workflow.validate.validate", "workflow.sweep.sweep",
)  # fmt: skip
CLIENT_LIBRARIES = ("boto3", "botocore", "huaweicloudsdkcore", "huaweicloudsdkims", "cryptography", "requests")
CALLED_BY = {name: f"imagedrop.workflow.{name}" for name in NAMES} | {"intake": "imagedrop.intake.receive"}
TYPES = ("imagedrop.ports.Ports", "imagedrop.domain.messages.")
# Packages of the core -> those that they may import. Others may import any.
MAY_IMPORT = {
    "common": (),
    "ports": ("ports", "domain", "settings"),
    "domain": ("domain", "common", "findings", "sidecar"),
    "adapters": ("adapters", "ports", "domain", "common", "settings", "observability", "backoff", "inspection"),
    "workflow": (
        "workflow", "ports", "domain", "common", "settings", "observability", "backoff", "events", "findings",
        "inspection", "intake", "notices", "rules", "sidecar",
    ),
}  # fmt: skip


def imported(file: Path) -> Iterator[str]:
    """Full names: `imagedrop.ports.Ports` for `from imagedrop.ports import Ports`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_core_imports_neither_the_local_stack_nor_the_command_line() -> None:
    for file in CORE.rglob("*.py"):
        assert not {name.split(".")[0] for name in imported(file)} & {"imagedrop_local", "imagedrop_cli"}, file


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_of_the_core_imports_only_packages_below_it(package: str) -> None:
    for file in (CORE / package).rglob("*.py"):
        ours = {name.split(".")[1] for name in imported(file) if name.startswith("imagedrop.")}
        assert ours - {"__version__"} <= set(MAY_IMPORT[package]), file


def test_only_entry_imports_adapters_and_only_functions_import_entry() -> None:
    for file in CORE.rglob("*.py"):
        package = file.relative_to(CORE).parts[0]
        others = tuple(f"imagedrop.{name}" for name in ("adapters", "entry") if package not in (name, "entry"))
        assert not [name for name in imported(file) if name.startswith(others)], file


def test_the_pure_parts_import_no_client_library() -> None:
    modules = ", ".join(f"imagedrop.{name}" for name in PURE)
    code = f"import sys; import {modules}; print(*sorted(set({CLIENT_LIBRARIES!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CORE.parent)
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_short_and_imports_its_entry_of_the_core_and_nothing_else(name: str) -> None:
    file = FUNCTIONS / name / "app.py"
    ours = [full for full in imported(file) if full.split(".")[0] not in sys.stdlib_module_names]
    allowed = (CALLED_BY[name], "imagedrop.entry.", *TYPES)
    assert [full for full in ours if not full.startswith(allowed)] == []
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 40

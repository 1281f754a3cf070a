"""The rules of the house: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from imagedrop_local.project_paths import FUNCTIONS, NAMES, ROOT

CORE = ROOT / "layers/core/imagedrop"
PURE = (
    "sidecar", "inspection", "rules", "events", "domain.drop", "workflow.register", "workflow.poll", "workflow.notify",
    "workflow.validate.validate", "workflow.sweep.sweep",
)  # fmt: skip
HEAVY = ("boto3", "botocore", "huaweicloudsdkcore", "huaweicloudsdkims", "cryptography", "requests")


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_core_imports_neither_the_local_stack_nor_the_command_line() -> None:
    for file in CORE.rglob("*.py"):
        tops = {name.split(".")[0] for name in imported(file)}
        assert not tops & {"imagedrop_local", "imagedrop_cli"}, file


def test_the_pure_parts_import_no_client_library() -> None:
    modules = ", ".join(f"imagedrop.{name}" for name in PURE)
    code = f"import sys; import {modules}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CORE.parent)
    assert loaded.stdout.split() == []


def test_no_function_imports_another_and_each_is_short() -> None:
    for name in NAMES:
        file = FUNCTIONS / name / "app.py"
        assert all(top == "imagedrop" or top in sys.stdlib_module_names for top in
                   (one.split(".")[0] for one in imported(file))), file  # fmt: skip
        assert len(file.read_text().splitlines()) <= 60, file

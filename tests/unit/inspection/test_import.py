"""A cold start pays for imports: what the inspection loads of the standard library is held to a list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imagedrop_local.project_paths import SAMPLES

CORE = Path(__file__).parents[3] / "layers" / "core"
ALLOWED = {"bisect", "operator", "struct", "unicodedata", "zlib"}  # and what they bring: a millisecond in all
IMPORT = "import imagedrop.inspection"
INSPECTION = """
from imagedrop.inspection import FileSource, inspect
with FileSource({path!r}) as source:
    assert inspect(source, file_name={path!r}).facts.windows.build
"""


def loaded(code: str) -> set[str]:
    """The public modules, imagedrop's own apart, that a bare Python has imported after this code, beyond its own."""
    script = f"import os, sys\nbefore = {{*sys.modules}}\n{code}\nprint(*{{*sys.modules}} - before)"
    done = subprocess.run([sys.executable, "-S", "-c", script], env={"PYTHONPATH": str(CORE)}, capture_output=True)
    assert not done.stderr, done.stderr.decode()
    return {name for name in done.stdout.decode().split() if not name.startswith(("_", "encodings.", "imagedrop"))}


@pytest.mark.parametrize("code", [IMPORT, INSPECTION.format(path=str(SAMPLES / "windows-server-2022.qcow2"))])
def test_the_inspection_loads_next_to_nothing(code: str) -> None:
    assert loaded(code) <= ALLOWED


@pytest.mark.parametrize("heavy", ["typing", "re", "dataclasses", "pathlib", "contextlib", "collections", "functools"])
def test_what_costs_most_would_be_seen(heavy: str) -> None:
    assert heavy in loaded(f"{IMPORT}\nimport {heavy}")

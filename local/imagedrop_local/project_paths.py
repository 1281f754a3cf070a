"""The project's own files: functions/ and samples/ are beside the packages, in the checkout."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
SAMPLES = ROOT / "samples"
NAMES = ("intake", "validate", "register", "poll", "notify", "sweep", "status")


@cache
def function(name: str) -> ModuleType:
    """functions/<name>/app.py as a module. Raises LookupError for any other name."""
    if name not in NAMES:
        raise LookupError(f"there is no function {name!r}; there are {', '.join(NAMES)}")
    spec = importlib.util.spec_from_file_location(f"imagedrop_function_{name}", FUNCTIONS / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""python -m tests.oslo: inspects every image that oslo's tests make with oslo and imagedrop, and prints both results.

Needs qemu-img, mkisofs for the ISOs, and a Python with requirements/oslo.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.oslo.comparison import ImagedropResult, OsloResult, disagreements, inspect_with_imagedrop, reason

ROOT = Path(__file__).parents[2]
TIMEOUT = 1200  # seconds for oslo's tests


def missing_requirement(python: Path) -> str | None:
    """Why it cannot run here."""
    if not shutil.which("qemu-img"):
        return "not installed: qemu-img, which makes the images (Debian: qemu-utils)"
    return None if python.exists() else f"there is no {python}: make oslo makes it"


def collect(python: Path, folder: Path) -> tuple[list[OsloResult], dict[str, Any]]:
    """(oslo's result for each image of its tests, the outcome of these tests). The images stay in the folder."""
    scratch = folder / "scratch"
    images = folder / "images"
    scratch.mkdir()
    images.mkdir()
    command = [str(python), "-m", "tests.oslo.collect", str(images)]
    environment = os.environ | {"TMPDIR": str(scratch)}
    ran = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, timeout=TIMEOUT
    )
    *results, tests = map(json.loads, ran.stdout.splitlines())
    return results, tests


def line(oslo: OsloResult, imagedrop: ImagedropResult) -> str:
    refusal = oslo["refusal"] or "passes"
    errors = ", ".join(error.removeprefix("image.") for error in sorted(imagedrop.errors)) or "passes"
    kind, size = oslo["format"] or "-", oslo["virtual_size"] or "-"
    ours = f"{imagedrop.format or '-':6} {imagedrop.virtual_size or '-':>10} {errors}"
    known = f"  ({reason(oslo, imagedrop)})" if reason(oslo, imagedrop) else ""
    return f"{oslo['origin'][:44]:44}  {kind:6} {size:>10} {refusal[:44]:44}  {ours}{known}"


def problems_of_tests(tests: dict[str, Any], results: list[OsloResult]) -> list[str]:
    """oslo's tests that failed, and its formats of which there was no image: without them agreement proves nothing."""
    missed = sorted(set(tests["formats"]) - {oslo["format"] for oslo in results})
    excused = {form for form in missed for why in tests["skipped"] if form in why}
    if not shutil.which("mkisofs"):
        excused.add("iso")
    return [*tests["broken"], *(f"there was no image of {form}" for form in missed if form not in excused)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.oslo", description=__doc__)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-oslo/bin/python", help="Python with oslo.utils")
    arguments = parser.parse_args()
    if missing := missing_requirement(arguments.python):
        print(f"oslo skipped: {missing}")
        return
    with tempfile.TemporaryDirectory(prefix="oslo-", dir="/var/tmp") as folder:
        results, tests = collect(arguments.python, Path(folder))
        problems = problems_of_tests(tests, results)
        for oslo in results:
            imagedrop = inspect_with_imagedrop(oslo)
            print(line(oslo, imagedrop))
            problems += [f"{oslo['origin']}: {text}" for text in disagreements(oslo, imagedrop)]
    for skipped in tests["skipped"]:
        print(f"skipped by oslo's tests: {skipped}")
    print(f"{tests['ran']} tests, {len(results)} images, {len(problems)} disagreements")
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()

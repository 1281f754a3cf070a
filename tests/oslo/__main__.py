"""python -m tests.oslo: has both look at every image that oslo's tests make, and prints what each says.

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
PATIENCE = 1200  # seconds for their tests


def why_not(python: Path) -> str | None:
    """What is missing here to run it."""
    if not shutil.which("qemu-img"):
        return "not installed: qemu-img, which makes the images (Debian: qemu-utils)"
    return None if python.exists() else f"there is no {python}: make oslo makes it"


def collect(python: Path, folder: Path) -> tuple[list[OsloResult], dict[str, Any]]:
    """Their tests' images, kept in the folder, each with what oslo says; and how their tests went."""
    scratch = folder / "scratch"
    images = folder / "images"
    scratch.mkdir()
    images.mkdir()
    command = [str(python), "-m", "tests.oslo.collect", str(images)]
    environment = os.environ | {"TMPDIR": str(scratch)}
    ran = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, timeout=PATIENCE
    )
    *said, tests = map(json.loads, ran.stdout.splitlines())
    return said, tests


def line(theirs: OsloResult, ours: ImagedropResult) -> str:
    said = theirs["refusal"] or "passes"
    found = ", ".join(error.removeprefix("image.") for error in sorted(ours.errors)) or "passes"
    kind, size = theirs["format"] or "-", theirs["virtual_size"] or "-"
    mine = f"{ours.format or '-':6} {ours.virtual_size or '-':>10} {found}"
    because = f"  ({reason(theirs, ours)})" if reason(theirs, ours) else ""
    return f"{theirs['origin'][:44]:44}  {kind:6} {size:>10} {said[:44]:44}  {mine}{because}"


def of_the_tests(tests: dict[str, Any], said: list[OsloResult]) -> list[str]:
    """Whether their tests ran and none of their formats was missed, so that silence means agreement."""
    seen = {theirs["format"] for theirs in said}
    missed = sorted(set(tests["formats"]) - seen)
    excused = {form for form in missed for why in tests["skipped"] if form in why}
    if not shutil.which("mkisofs"):
        excused.add("iso")
    return [*tests["broken"], *(f"no image of {form} was seen" for form in missed if form not in excused)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.oslo", description=__doc__)
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-oslo/bin/python", help="that has oslo.utils")
    wanted = parser.parse_args()
    if missing := why_not(wanted.python):
        print(f"oslo skipped: {missing}")
        return
    with tempfile.TemporaryDirectory(prefix="oslo-", dir="/var/tmp") as folder:
        said, tests = collect(wanted.python, Path(folder))
        problems = of_the_tests(tests, said)
        for theirs in said:
            ours = inspect_with_imagedrop(theirs)
            print(line(theirs, ours))
            problems += [f"{theirs['origin']}: {text}" for text in disagreements(theirs, ours)]
    for skipped in tests["skipped"]:
        print(f"skipped by their tests: {skipped}")
    print(f"{tests['ran']} tests, {len(said)} images, {len(problems)} disagreements")
    sys.exit("\n".join(problems) or None)


if __name__ == "__main__":
    main()

"""Builds a fresh clone for Arm with the command of docs/deploy-aws.md, and looks at every compiled library.

python -m tests.deploy.arm64 --sam PATH
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.clone import Failed, environment, fresh_clone, run

AARCH64 = 183  # ELF: e_machine, two bytes at 18


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", default="sam", type=lambda path: str(Path(path).absolute()), help="the SAM CLI")
    sam = parser.parse_args().sam
    if not has_python():
        print("arm64: skipped, because no python3.13 on the PATH starts")
        return 0
    with fresh_clone() as clone:
        page = (clone / "docs/deploy-aws.md").read_text("utf-8")
        [command] = re.findall(r"^sed -i .*$", page, re.MULTILINE)
        try:
            run(["sh", "-c", command], clone)
            run([sam, "build"], clone)
        except Failed as failure:
            print(f"arm64: {failure}")
            return 1
        built = clone / ".aws-sam/build"
        libraries = dict(machines(built))
        wrong = sorted(str(path.relative_to(built)) for path, machine in libraries.items() if machine != AARCH64)
    print(f"arm64: {len(libraries)} compiled libraries, {len(wrong)} not for Arm {' '.join(wrong)}")
    return 1 if wrong or not libraries else 0


def has_python() -> bool:
    path = shutil.which("python3.13", path=environment()["PATH"])
    return path is not None and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


def machines(folder: Path) -> Iterator[tuple[Path, int]]:
    """Each ELF file with its machine."""
    for path in folder.rglob("*.so*"):
        header = path.read_bytes()[:20]
        if header.startswith(b"\x7fELF"):
            yield path, int.from_bytes(header[18:20], "little")


if __name__ == "__main__":
    sys.exit(main())

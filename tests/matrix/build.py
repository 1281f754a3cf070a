"""`/usr/bin/python3 -m tests.matrix.build FOLDER NAME...`: builds raw disks one after the other, as root.

Runs with Debian's Python, which has hivex. Prints a line of JSON for each disk: name, file, and facts by its recipe.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from samples.builder import disk, facts
from tests.matrix.recipes import ALL


def main(folder: Path, names: list[str]) -> None:
    for name in names:
        recipe, os_version = ALL[name]
        raw = disk.make(recipe, folder)
        print(json.dumps({"name": name, "raw": str(raw), "facts": facts.facts(recipe, os_version)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

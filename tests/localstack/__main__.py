"""The entry point of `make localstack`: builds, and runs the end-to-end tests on the LocalStack at AWS_ENDPOINT_URL.

python -m tests.localstack --sam PATH [options of pytest]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from imagedrop_local.containers import bridge
from imagedrop_local.project_paths import ROOT
from tests.sam_local.sam import NoDocker, Sam, SamFailed, need_docker

VARIABLE = "AWS_ENDPOINT_URL"


class NoLocalStack(Exception):
    """The message says what is missing."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", default="sam", help="the SAM CLI")
    arguments, others = parser.parse_known_args()
    endpoint = os.environ.get(VARIABLE, "").rstrip("/")
    try:
        need_localstack(endpoint)
        need_docker()
        bridge()
    except (NoLocalStack, NoDocker, OSError) as reason:
        return without(endpoint, str(reason))
    if not (sam := shutil.which(arguments.sam)):
        print(f"localstack: there is no SAM CLI at {arguments.sam}; `make .venv-sam/.done` installs one")
        return 1
    begin = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="imagedrop-sam-") as folder:
            Sam(sam, Path(folder) / "variables.json", Path(folder) / "sam.log").build()
    except SamFailed as failure:
        print(f"localstack: {failure}")
        return 1
    print(f"sam build: {time.monotonic() - begin:.0f} s", flush=True)
    tests = [sys.executable, "-m", "pytest", "tests/e2e", "--endpoint", endpoint, "--sam", sam]
    shown = ["--verbose", "--durations=0", "--durations-min=1"]
    code = subprocess.run([*tests, *shown, *others], cwd=ROOT, check=False).returncode
    print(f"localstack: {time.monotonic() - begin:.0f} s in all")
    return code


def need_localstack(endpoint: str) -> None:
    """Raises NoLocalStack."""
    if not endpoint:
        raise NoLocalStack(f"{VARIABLE} is not set")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{endpoint}/_localstack/health", timeout=10):
            pass
    except (OSError, ValueError) as error:
        raise NoLocalStack(f"no LocalStack answers at {endpoint} ({VARIABLE}): {error}") from None


def without(endpoint: str, reason: str) -> int:
    """Returns 1 if CI has named a LocalStack that cannot be used; otherwise the run is skipped with 0."""
    broken = bool(endpoint) and os.environ.get("CI") == "true"
    print(f"localstack: {'failed' if broken else 'skipped'}, because it needs LocalStack and Docker on Linux: {reason}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())

"""Runs every function on its files in events/, in the local stack and in its container, and compares the outcomes.

run.py --sam PATH             all cases; exit code 1 on any difference
run.py --sam PATH --only F    the cases of one function, or of one file in events/
run.py --sam PATH --hold F    prepares the first of these cases, and prints the command to run it
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from imagedrop_local.containers import bridge
from imagedrop_local.stack.outputs import FUNCTIONS
from tests.sam_local.cases import Case, all_cases, uncovered
from tests.sam_local.compare import compare, prepare
from tests.sam_local.sam import NoDocker, Sam, SamFailed, logical, need_docker
from tests.sam_local.world import World


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # runs the context managers
    arguments = _arguments()
    only = arguments.hold or arguments.only
    cases = [case for case in all_cases() if not only or only in (case.function, case.file)]
    if not cases:
        print(f"sam-local: {only} is neither a function nor a file of events/")
        return 2
    if unused := uncovered(all_cases()):
        print(f"sam-local: no case uses {', '.join(path.name for path in unused)}")
        return 1
    try:
        need_docker()
        address = bridge()
    except (NoDocker, OSError) as reason:
        return _without_docker(str(reason))
    try:
        with _worlds(arguments.sam, address) as (sam, stack, container):
            return _hold(cases[0], container, sam) if arguments.hold else compare(cases, stack, container, sam)
    except SamFailed as failure:
        print(f"sam-local: {failure}")
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", default="sam", help="the SAM CLI")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--only", metavar="F", help="a function, or a file of events/")
    which.add_argument("--hold", metavar="F", help="the same; prepares its first case and waits until Ctrl-C")
    return parser.parse_args()


def _without_docker(reason: str) -> int:
    """Returns 1 if CI has a docker command whose engine does not answer; otherwise the run is skipped with 0."""
    broken = os.environ.get("CI") == "true" and not reason.startswith("there is no docker")
    print(f"sam-local: {'failed' if broken else 'skipped'}, because it needs Docker on Linux: {reason}")
    return int(broken)


@contextlib.contextmanager
def _worlds(command: str, address: str) -> Iterator[tuple[Sam, World, World]]:
    """Builds the functions; starts one world for the stack and one for the containers."""
    with tempfile.TemporaryDirectory(prefix="imagedrop-sam-") as name:
        folder = Path(name)
        if not (found := shutil.which(command)):
            raise SamFailed(f"there is no SAM CLI at {command}; `make .venv-sam/.done` installs one")
        sam = Sam(str(Path(found).absolute()), folder / "variables.json", folder / "sam.log")
        start = time.monotonic()
        sam.build()
        print(f"sam build: {time.monotonic() - start:.0f} s", flush=True)
        with World(folder / "stack", address) as stack, World(folder / "container", address) as container:
            deployed = {logical(name): container.local.stack.environment(name) for name in FUNCTIONS}
            sam.variables.write_text(json.dumps(deployed, indent=1), "utf-8")
            yield sam, stack, container


def _hold(case: Case, world: World, sam: Sam) -> int:
    event, _ = prepare(case, world)
    file = sam.variables.with_name(case.file)
    file.write_text(json.dumps(event, indent=1, ensure_ascii=False), "utf-8")
    command = " ".join(sam.command(case.function, file))
    print(f"{case.function}, {case.state}. In another terminal:\n")
    print(f"{command}\n")
    print(f"AWS: {world.local.stack.outputs.endpoint}  the simulators: {world.cloud.urls['obs']}/_sim/state")
    print("Ctrl-C ends it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(60)
    return 0

"""`make chaos`: drops through the real processes, with kills and faults; then all checks.

python -m tests.chaos.run --drops 1000 --seed 7      prints violations and a closing line; exit code 1: violations
"""

from __future__ import annotations

import argparse
import contextlib
import math
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from imagedrop.domain import object_keys
from tests.chaos import contents, plan, report
from tests.chaos.all_ended import unfinished_drops
from tests.chaos.invariants import find_violations
from tests.chaos.observation import Violation
from tests.chaos.plan_clock import PlanClock
from tests.chaos.world import World
from tests.support.waiting import until

PACE = 0.6  # s between two drops, if the stack is fast enough
MAX_OPEN_DROPS = 40  # beyond this, the next drops wait
PRINT_EVERY = 30.0  # s
KILL_DELAY = 60.0  # s that a kill waits for an import
NO_PROGRESS = 420.0  # s; longer than any lease, deadline or wait of a run


def run(world: World, limit: float = float("inf")) -> list[Violation]:
    """Runs the plan for at most `limit` s, then stops all faults and waits until every drop has ended."""
    began = time.monotonic()
    clock = PlanClock(
        lambda: world.open_drops() > MAX_OPEN_DROPS, time.monotonic, time.sleep, NO_PROGRESS, began + limit
    )
    with _repeat(world.plan.sweep_every, world.sweep), _repeat(PRINT_EVERY, lambda: _print_progress(world, began)):
        threads = [threading.Thread(target=task, args=(world, clock), daemon=True) for task in (_upload, _kill)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        world.stop_faults()
        finished = wait_for_ends(world)
    violations = find_violations(world.observe())
    return violations if finished else [*violations, Violation("", f"no progress for {NO_PROGRESS:.0f} s")]


def wait_for_ends(world: World) -> bool:
    """True when every drop has ended and every queue is empty. False after NO_PROGRESS, in which nothing was written or
    sent and the queues did not become shorter than they ever were."""
    changed_at, before, fewest = time.monotonic(), world.progress(), math.inf
    while time.monotonic() - changed_at < NO_PROGRESS:
        time.sleep(1)
        if (now := world.progress()) != before:
            changed_at, before = time.monotonic(), now
        elif time.monotonic() - changed_at > 2:
            if _is_finished(world):
                return True
            if (queued := sum(world.observed.queued.values())) < fewest:
                changed_at, fewest = time.monotonic(), queued
    return False


def _is_finished(world: World) -> bool:
    observed = world.observe()
    claims = any(map(object_keys.is_claim, observed.objects))
    return not claims and not any(observed.queued.values()) and not unfinished_drops(observed)


@contextlib.contextmanager
def _repeat(seconds: float, task: Callable[[], None]) -> Iterator[None]:
    """Runs the task every `seconds` in a thread."""
    stopped = threading.Event()

    def loop() -> None:
        while not stopped.wait(seconds):
            task()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(60)


def _print_progress(world: World, began: float) -> None:
    print(f"{time.monotonic() - began:6.0f} s: {report.progress(world)}", file=sys.stderr, flush=True)


def _upload(world: World, clock: PlanClock) -> None:
    for upload in world.plan.uploads:
        if not clock.wait_until(upload.at):
            return
        world.put(upload.key, contents.body(upload.key, upload.content), upload.content)


def _kill(world: World, clock: PlanClock) -> None:
    for at, how in world.plan.kills:
        if clock.wait_until(at):
            with contextlib.suppress(AssertionError):
                until(world.has_imported_since_kill, KILL_DELAY)
            world.kill(how)


def exit_on_sigterm() -> None:
    """SIGTERM ends this process like Ctrl-C, so that its child processes are stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=100, help="number of drops")
    parser.add_argument("--seed", type=int, help="of the plan; default: random")
    parser.add_argument("--pace", type=float, default=PACE, help="seconds between two drops")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="upload nothing after so many minutes")
    parser.add_argument("--folder", type=Path, help="keep logs and history.txt, the events of every drop, here")
    arguments = parser.parse_args()
    exit_on_sigterm()
    seed = random.randrange(1 << 20) if arguments.seed is None else arguments.seed
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imagedrop-chaos-")))
        world = stack.enter_context(World(folder.resolve(), plan.draw(seed, arguments.drops, pace=arguments.pace)))
        began = time.monotonic()
        violations = run(world, arguments.minutes * 60)
        seconds = time.monotonic() - began
        (folder / "history.txt").write_text(report.all_events(world.observed))
        print(report.violations_text(world.observed, violations), end="")
        print(report.closing_line(world, violations, seed, seconds))
    return bool(violations)


if __name__ == "__main__":
    sys.exit(main())

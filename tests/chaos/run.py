"""`make chaos`: drops through the real processes, whatever breaks; then everything that must hold is checked.

python -m tests.chaos.run --drops 1000 --seed 7      the closing line says what happened; exit code 1: it is broken
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.chaos import contents, plan, report
from tests.chaos.all_ended import unsettled
from tests.chaos.invariants import broken
from tests.chaos.observation import Broken
from tests.chaos.plan_clock import Pace
from tests.chaos.world import World
from tests.support.waiting import until

PACE = 0.6  # s between two drops at best
CROWD = 40  # drops under way, beyond which the others wait
TELLS = 30.0  # s between two words on how it goes
IDLE = 60.0  # s that a kill waits for somebody to be at work
STILL = 420.0  # s in which nothing moves: more than any lease, deadline or wait of a run


def run(world: World, limit: float = float("inf")) -> list[Broken]:
    """The whole plan, then calm, then the end of every drop. `limit`: s, after which nothing more of the
    plan comes. What does not hold."""
    began = time.monotonic()
    pace = Pace(lambda: world.under_way() > CROWD, time.monotonic, time.sleep, STILL, began + limit)
    with _every(world.plan.sweep_every, world.sweep), _every(TELLS, lambda: _tell(world, began)):
        threads = [threading.Thread(target=does, args=(world, pace), daemon=True) for does in (_owners, _killer)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        world.calm()
        still = wait(world)
    return [*broken(world.look()), *([Broken("", f"nothing has moved for {STILL:.0f} s")] if still else [])]


def wait(world: World, still: float = STILL) -> bool:
    """Until every drop has ended and every queue is empty; True: nothing moves any more, and that is not so."""
    moved, before = time.monotonic(), world.progress()
    while time.monotonic() - moved < still:
        time.sleep(1)
        if (now := world.progress()) != before:
            moved, before = time.monotonic(), now
        elif time.monotonic() - moved > 2 and _over(world):
            return False
    return True


def _over(world: World) -> bool:
    seen = world.look()
    claims = any(key.startswith(".imagedrop/") and not key.startswith(".imagedrop/ended/") for key in seen.objects)
    return not claims and not any(seen.queued.values()) and not unsettled(seen)


@contextlib.contextmanager
def _every(seconds: float, do: Callable[[], None]) -> Iterator[None]:
    over = threading.Event()

    def again() -> None:
        while not over.wait(seconds):
            do()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)


def _tell(world: World, began: float) -> None:
    print(f"{time.monotonic() - began:6.0f} s: {report.so_far(world)}", file=sys.stderr, flush=True)


def _owners(world: World, pace: Pace) -> None:
    for act in world.plan.acts:
        if not pace.until(act.at):
            return
        world.put(act.key, contents.body(act.key, act.content), act.content)


def _killer(world: World, pace: Pace) -> None:
    for at, how in world.plan.kills:
        if pace.until(at):
            with contextlib.suppress(AssertionError):
                until(world.at_work, IDLE)
            world.kill(how)


def ended_by_signals() -> None:
    """SIGTERM ends this process as Ctrl-C does: what it has started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=int, default=100, help="how many")
    parser.add_argument("--seed", type=int, help="of the plan; left out: any")
    parser.add_argument("--pace", type=float, default=PACE, help="seconds between two drops")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="after which nothing more is dropped")
    parser.add_argument("--folder", type=Path, help="kept, with the history of every drop; left out: a temporary one")
    given = parser.parse_args()
    ended_by_signals()
    given.seed = random.randrange(1 << 20) if given.seed is None else given.seed
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="imagedrop-chaos-")))
        world = stack.enter_context(World(folder.resolve(), plan.draw(given.seed, given.drops, pace=given.pace)))
        began = time.monotonic()
        found = run(world, given.minutes * 60)
        seconds = time.monotonic() - began
        (folder / "history.txt").write_text(report.history(world.seen))
        print(report.told(world.seen, found), end="")
        print(report.closing(world, found, given.seed, seconds))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

"""The process that is ministack: `python -m imagedrop_local.stack.host FOLDER`, ended by the end of its stdin.

Its parent may be killed outright; the pipe closes all the same, and ministack still writes down what it holds.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from pathlib import Path

from imagedrop_local.stack import bridge

IN_USE = 3  # exit code: another stack holds the folder


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.pop("PYTHONPATH", None)  # was for this module: a function sees its own code and its layer
    lock = (folder / "lock").open("a+")
    if not _held(lock.fileno(), seconds=5):
        sys.exit(IN_USE)
    lock.truncate(0)
    print(os.getpid(), file=lock, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    bridge.empty_temporary(folder)
    running = folder / "running"
    if running.exists():
        bridge.discard_state(folder)
    bridge.release_in_flight(folder)
    bridge.pause_consumers(folder)
    bridge.follow_port(folder, int(os.environ["GATEWAY_PORT"]))
    running.touch()
    try:
        _ministack()
    finally:
        running.unlink()  # stays only where the end was no orderly one


def _ministack() -> None:
    from ministack.app import main as ministack  # reads its environment on import

    sys.argv[1:] = []
    ministack()


def _held(lock: int, seconds: float) -> bool:
    """Waits, because a stack whose parent was killed is still writing down its state."""
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        else:
            return True


def _end_with_stdin() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

"""The ministack process: `python -m imagedrop_local.stack.host FOLDER`. It ends when its stdin is closed.

If the parent is killed, the pipe closes too, and ministack still writes its state.
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
from imagedrop_local.stack.log_forwarding import LogForwarding

IN_USE = 3  # exit code: another stack holds the folder
STARTED_AT = time.time()


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.pop("PYTHONPATH", None)  # it was for this module; functions must see only their own code and layer
    lock = (folder / "lock").open("a+")
    if not _acquire(lock.fileno(), seconds=5):
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
        running.unlink()  # the file stays only after an unclean end


def _ministack() -> None:
    from ministack.app import main as ministack  # reads its environment on import

    sys.argv[1:] = []
    ended = threading.Event()
    forwarding = threading.Thread(target=_forward_logs, args=(ended,))
    forwarding.start()
    try:
        ministack()
    finally:
        ended.set()
        forwarding.join()


def _forward_logs(ended: threading.Event) -> None:
    from ministack.services import cloudwatch_logs

    LogForwarding(cloudwatch_logs._log_groups, sys.stdout, STARTED_AT).run(ended)


def _acquire(lock: int, seconds: float) -> bool:
    """Tries for some seconds: a stack whose parent was killed may still be writing its state."""
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

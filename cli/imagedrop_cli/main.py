"""The entry point. It imports little, so that Ctrl-C and SIGTERM are handled before the rest is loaded."""

from __future__ import annotations

import sys

from imagedrop_cli.interrupts import INTERRUPTED, exit_now, exit_on_interrupt, raise_interrupt, set_handlers


def run() -> None:
    """`imagedrop`. While a command runs, Ctrl-C and SIGTERM raise KeyboardInterrupt, so that it can clean up."""
    with exit_on_interrupt():
        from imagedrop_cli.app import main
    try:
        set_handlers(raise_interrupt)
        code = main(sys.argv[1:])
        set_handlers(exit_now)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)

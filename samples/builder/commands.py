"""Other programs."""

from __future__ import annotations

import subprocess


class CommandFailed(Exception):
    """A program that is missing, or that ended with an error."""


def run(*command: str) -> str:
    """What it printed. Debian keeps some of these programs in /usr/sbin, which a user's PATH may lack."""
    return run_binary(*command).decode(errors="replace")


def run_binary(*command: str) -> bytes:
    """Likewise, where it is no text."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise CommandFailed(f"{command[0]} is not installed or not in PATH; samples/README.md lists packages") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace")
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}: {said.strip()}")
    return done.stdout

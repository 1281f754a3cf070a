"""Runs other programs."""

from __future__ import annotations

import subprocess


class CommandFailed(Exception):
    """A program is not installed, or exited with an error."""


def run(*command: str) -> str:
    """Returns stdout as text. Raises CommandFailed."""
    return run_binary(*command).decode(errors="replace")


def run_binary(*command: str) -> bytes:
    """Returns stdout as bytes. Raises CommandFailed."""
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise CommandFailed(
            f"{command[0]} is not installed or not in PATH (perhaps in /usr/sbin): see samples/README.md"
        ) from None
    if done.returncode:
        output = (done.stderr or done.stdout).decode(errors="replace")
        raise CommandFailed(f"{' '.join(command)} exited with {done.returncode}: {output.strip()}")
    return done.stdout

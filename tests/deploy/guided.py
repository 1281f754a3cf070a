"""Deploys a fresh clone with `sam deploy --guided` and the answers of docs/deploy.md, shows questions and answers,
deploys again without questions, and deletes the stack.

python -m tests.deploy.guided --sam PATH                     AWS_ENDPOINT_URL names an emulator of AWS, which is empty
python -m tests.deploy.guided --sam PATH --answer "AWS Region=eu-west-1"    another answer than the page's example
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.deploy.clone import Failed, environment, fresh_clone, last_line, run
from tests.deploy.page import examples

QUESTION = re.compile(r"^\s*(\S.*?) \[.*\]: $")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", default="sam", type=lambda path: str(Path(path).absolute()), help="the SAM CLI")
    parser.add_argument("--answer", action="append", default=[], metavar="QUESTION=TEXT")
    arguments = parser.parse_args()
    if not os.environ.get("AWS_ENDPOINT_URL"):
        print("guided: set AWS_ENDPOINT_URL to an emulator of AWS. Without it, this would deploy to a real account.")
        return 2
    own = dict(answer.split("=", 1) for answer in arguments.answer)
    try:
        with fresh_clone() as clone:
            _deploy(arguments.sam, clone, own)
    except Failed as failure:
        print(f"guided: {failure}")
        return 1
    return 0


def _deploy(sam: str, clone: Path, own: Mapping[str, str]) -> None:
    begin = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begin:5.1f} s  {text}", flush=True)

    run([sam, "build"], clone)
    say("sam build: done")
    answers = examples(clone)
    if unknown := own.keys() - answers.keys():
        raise Failed(f"docs/deploy.md has no question {', '.join(unknown)}")
    for line in conversation([sam, "deploy", "--guided"], clone, {**answers, **own}):
        say(line)
    for command in ("deploy", "delete"):
        say(f"sam {command}, with the answers that were saved: {run([sam, command], clone)}")


def conversation(command: list[str], folder: Path, answers: Mapping[str, str]) -> Iterator[str]:
    """Yields each question with its answer, and the last line. Raises Failed if the questions are others, or in another
    order, or if the command fails."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdin=its, stdout=its, stderr=its, start_new_session=True
    )
    os.close(its)
    shown, expected = "", list(answers)
    try:
        while text := _read(ours):
            shown += COLOUR.sub("", text)
            if not (asked := QUESTION.match(re.split(r"[\r\n]", shown)[-1])):
                continue
            question = expected.pop(0) if expected else "nothing more"
            if asked[1] != question:
                raise Failed(f"the SAM CLI asks {asked[1]!r}, docs/deploy.md says {question!r}")
            os.write(ours, f"{answers[question]}\n".encode())
            yield f"{asked[0].strip()} {answers[question]}"
            shown += "\n"
        if code := process.wait():
            raise Failed(f"{' '.join(command)} ended with {code}: {shown.strip()[-2000:]}")
        if expected:
            raise Failed(f"the SAM CLI did not ask {', '.join(expected)}")
        yield last_line(shown)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> str:
    """Empty when the process has ended."""
    try:
        return os.read(terminal, 1 << 16).decode("utf-8", "replace")
    except OSError:  # how Linux reports the end
        return ""


if __name__ == "__main__":
    sys.exit(main())

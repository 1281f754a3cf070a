"""The driver of `sam deploy --guided`, with a small program in place of the SAM CLI."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.deploy.clone import Failed
from tests.deploy.guided import conversation

ASKS = """
name = input("\\x1b[1mStack Name\\x1b[0m [imagedrop]: ")
print("Uploading 1 / 2", end="\\r")
sure = input("Deploy this changeset? [y/N]: ")
print(f"deployed {name}" if sure == "y" else "not deployed")
raise SystemExit(sure != "y")
"""


def talk(folder: Path, answers: dict[str, str]) -> list[str]:
    return list(conversation([sys.executable, "-c", ASKS], folder, answers))


def test_every_question_gets_the_answer_of_the_page(tmp_path: Path) -> None:
    shown = talk(tmp_path, {"Stack Name": "two", "Deploy this changeset?": "y"})
    assert shown == ["Stack Name [imagedrop]: two", "Deploy this changeset? [y/N]: y", "deployed two"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"Deploy this changeset?": "y", "Stack Name": "two"}, "asks 'Stack Name', docs/deploy.md says 'Deploy"),
        ({"Stack Name": "two"}, "asks 'Deploy this changeset\\?', docs/deploy.md says 'nothing more'"),
        ({"Stack Name": "", "Deploy this changeset?": ""}, "(?s)ended with 1: .*not deployed"),
        ({"Stack Name": "", "Deploy this changeset?": "y", "Region": ""}, "did not ask Region"),
    ],
)
def test_other_questions_or_another_order_are_an_error(tmp_path: Path, answers: dict[str, str], message: str) -> None:
    with pytest.raises(Failed, match=message):
        talk(tmp_path, answers)

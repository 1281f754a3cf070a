"""Foreign text in one line, and in the log."""

from __future__ import annotations

import json
import subprocess
import sys

from hypothesis import example, given

from imagedrop.common.display_text import ascii_line, json_line, one_line
from imagedrop.domain import transitions
from imagedrop_local.memory import memory_ports
from imagedrop_local.project_paths import ROOT, function
from tests.support.hostile import HOSTILE, unprintable


@given(HOSTILE)
def test_one_line_is_as_long_as_the_text_and_does_nothing(text: str) -> None:
    line = one_line(text)
    assert not unprintable(line)
    assert len(line) == len(text)
    assert all(shown == char for shown, char in zip(line, text, strict=True) if char.isprintable())
    assert ascii_line(text).isascii()


@given(HOSTILE)
@example("\U000e0041\ud800\x7f\x9b")
def test_a_line_of_log_says_all_and_forges_nothing(text: str) -> None:
    line = json_line({"message": text, text: 1})
    assert line.isprintable()
    assert json.loads(line) == {"message": text, text: 1}


def test_the_cores_log_cannot_be_forged_by_a_key() -> None:
    code = (
        "from imagedrop.entry.runtime import runtime; import logging; runtime();"
        "logging.getLogger('imagedrop.x').warning('bad record at %s', 'a\\n{}\\x1b[31m\\u202e窗',"
        "extra={'key': '\\x9b'})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT / "layers/core")
    line = ran.stdout.decode().removesuffix("\n")
    assert line.isprintable()
    assert "窗" in line
    said = json.loads(line)
    assert (said["message"], said["key"]) == ("bad record at a\n{}\x1b[31m\u202e窗", "\x9b")


@given(HOSTILE)
def test_the_status_of_a_drop_does_nothing_to_whoever_reads_it(text: str) -> None:
    ports = memory_ports()
    ports.ledger.save(transitions.new_drop("drops", text, "e", ports.clock(), 60))
    signed = {"requestContext": {"authorizer": {"iam": {"accessKey": "AK"}}}}
    for asked in ({}, {"queryStringParameters": {"key": text}}):
        answer = function("status").handle(signed | asked, ports)
        assert answer["body"].isprintable()
        assert json.loads(answer["body"])["drops"][0]["key"] == text

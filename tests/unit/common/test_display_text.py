"""Untrusted text is safe to display, on one line and in the log."""

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
def test_one_line_keeps_the_length_and_has_only_printable_characters(text: str) -> None:
    line = one_line(text)
    assert not unprintable(line)
    assert len(line) == len(text)
    assert all(shown == char for shown, char in zip(line, text, strict=True) if char.isprintable())
    assert ascii_line(text).isascii()


@given(HOSTILE)
@example("\U000e0041\ud800\x7f\x9b")
def test_json_line_is_printable_and_keeps_the_whole_text(text: str) -> None:
    line = json_line({"message": text, text: 1})
    assert line.isprintable()
    assert json.loads(line) == {"message": text, text: 1}


def test_an_object_key_cannot_add_a_line_to_the_log() -> None:
    code = (
        "from imagedrop.entry.runtime import runtime; import logging; runtime();"
        "logging.getLogger('imagedrop.x').warning('bad record at %s', 'a\\n{}\\x1b[31m\\u202e窗',"
        "extra={'key': '\\x9b'})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT / "layers/core")
    line = ran.stdout.decode().removesuffix("\n")
    assert line.isprintable()
    assert "窗" in line
    logged = json.loads(line)
    assert (logged["message"], logged["key"]) == ("bad record at a\n{}\x1b[31m\u202e窗", "\x9b")


@given(HOSTILE)
def test_the_status_response_is_printable_whatever_the_key_is(text: str) -> None:
    ports = memory_ports()
    ports.ledger.save(transitions.new_drop("drops", text, "e", ports.clock(), 60))
    signed = {"requestContext": {"authorizer": {"iam": {"accessKey": "AK"}}}}
    for query in ({}, {"queryStringParameters": {"key": text}}):
        answer = function("status").handle(signed | query, ports)
        assert answer["body"].isprintable()
        assert json.loads(answer["body"])["drops"][0]["key"] == text

"""Log lines say which invocation wrote them, and which drop they are about."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from imagedrop.adapters.metrics import EmfMeter
from imagedrop.observability import add_log_fields, current_log_fields, log_fields
from imagedrop_local.project_paths import ROOT

PATH = [str(ROOT / part) for part in ("", "layers/core", "local", "cli")]
# One drop from its event to its notice, each message by the handler that Lambda calls. Validation and mail fail once.
SCRIPT = """
import itertools, json, os
from types import SimpleNamespace
os.environ |= {"IMAGEDROP_REGION": "cn-north-4"}
from imagedrop.entry import runtime
from imagedrop_local.project_paths import SAMPLES, function
from tests.support.world import HANDLERS, World

world = World()
runtime.runtime(runtime.STANDARD).ports = world.ports
requests = itertools.count(1)

def invoke(name, event):
    request = f"request-{next(requests)}"
    context = SimpleNamespace(aws_request_id=request, get_remaining_time_in_millis=lambda: 9e5)
    print(json.dumps({"invoked": name, "request": request}))
    return function(name).handler(event, context)

image = SAMPLES / "windows-server-2022.qcow2"
world.put("golden/w.qcow2", image.read_bytes(), event=False)
world.put("golden/w.qcow2.json", json.loads((SAMPLES / (image.name + ".json")).read_text()))
world.ports.ledger.fail("save", RuntimeError("throttled"))
world.ports.mail.fail("send", RuntimeError("throttled"))
for _ in range(20):
    for queue, name in HANDLERS.items():
        event = world.ports.queues.event(queue, limit=1)
        if event["Records"]:
            world.ports.queues.apply_response(queue, event, invoke(name, event))
    invoke("sweep", {})
    world.ports.clock.advance(300)
print(json.dumps({"end": world.row("golden/w.qcow2").drop_id}))
"""


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """What the script printed. In a process of its own, because loggers outlive a test."""
    code = f"import sys; sys.path[:0] = {PATH!r}\n{SCRIPT}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_line_of_an_invocation_has_its_request_id(lines: list[dict[str, Any]]) -> None:
    request, logged = "", 0
    for line in lines:
        if "invoked" in line:
            request = line["request"]
        elif "end" not in line:
            assert line["function_request_id"] == request, line
            logged += 1
    assert logged >= 5


def test_every_line_about_a_drop_has_its_id(lines: list[dict[str, Any]]) -> None:
    drop_id = lines[-1]["end"]
    logged = [line for line in lines[:-1] if "invoked" not in line]
    assert {"validate", "notify"} <= {line["invoked"] for line in lines[:-1] if "invoked" in line}
    assert [line["message"] for line in logged].count("message failed") == 2
    assert all(line["drop_id"] == drop_id for line in logged)


def test_a_metric_is_logged_with_the_fields_of_the_line_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    with log_fields(function_request_id="request-1", drop_id="d"):
        EmfMeter("imagedrop").count("Held")
    line = json.loads(capsys.readouterr().out)
    assert (line["function_request_id"], line["drop_id"], line["Held"]) == ("request-1", "d", [1.0])


def test_fields_end_with_the_block_that_they_were_added_in() -> None:
    with log_fields(function_request_id="request-1"):
        with log_fields():
            add_log_fields(drop_id="d")
            assert current_log_fields() == {"function_request_id": "request-1", "drop_id": "d"}
        assert current_log_fields() == {"function_request_id": "request-1"}
    assert current_log_fields() == {}

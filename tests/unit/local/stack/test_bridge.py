"""What ministack lacks, on its files and on templates."""

import json
import time
from pathlib import Path
from typing import Any

from imagedrop_local.stack import bridge


def kept(folder: Path, name: str, payload: dict[str, Any]) -> Path:
    path = folder / bridge.STATE / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"__ministack_format__": 2, "payload": payload}))
    return path


def test_what_was_being_worked_on_is_visible_again_and_what_was_delayed_waits_on(tmp_path: Path) -> None:
    later = time.time() + 500
    messages = [{"visible_at": later, "receive_count": 1}, {"visible_at": later, "receive_count": 0}]
    path = kept(tmp_path, "sqs", {"queues": {"data": {"q": {"messages": messages}}}})
    bridge.release_in_flight(tmp_path)
    worked_on, delayed = json.loads(path.read_text())["payload"]["queues"]["data"]["q"]["messages"]
    assert worked_on["visible_at"] <= time.time()
    assert delayed["visible_at"] == later


def test_a_first_start_has_nothing_to_release(tmp_path: Path) -> None:
    bridge.release_in_flight(tmp_path)


def test_no_message_is_taken_before_the_functions_are_there(tmp_path: Path) -> None:
    path = kept(tmp_path, "lambda", {"esms": {"data": {"a": {"UUID": "a", "State": "Enabled", "Enabled": True}}}})
    bridge.pause_consumers(tmp_path)
    (mapping,) = json.loads(path.read_text())["payload"]["esms"]["data"].values()
    assert mapping == {"UUID": "a", "State": "Disabled", "Enabled": False}


def test_a_first_start_has_nobody_to_pause(tmp_path: Path) -> None:
    bridge.pause_consumers(tmp_path)


def test_what_is_kept_moves_along_to_another_port(tmp_path: Path) -> None:
    bridge.follow_port(tmp_path, 4566)
    path = kept(tmp_path, "lambda", {"url": "http://127.0.0.1:4566/0/q", "other": "127.0.0.1:45660/"})
    bridge.follow_port(tmp_path, 4600)
    assert json.loads(path.read_text())["payload"] == {"url": "http://127.0.0.1:4600/0/q", "other": "127.0.0.1:45660/"}


def test_state_that_is_behind_is_forgotten(tmp_path: Path) -> None:
    path = kept(tmp_path, "dynamodb", {})
    bridge.discard_state(tmp_path)
    assert not path.exists()


def test_code_comes_from_s3_and_mappings_get_numbers() -> None:
    template = {
        "Parameters": {"Many": {"Default": 10}, "Few": {"Default": 4}},
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "functions/f/", "Timeout": 3}},
            "M": {"Properties": {"ScalingConfig": {"MaximumConcurrency": {"Ref": "Many"}}}},
            "N": {"Properties": {"ScalingConfig": {"MaximumConcurrency": {"Ref": "Few"}}}},
            "T": {"Type": "AWS::SNS::Topic"},
        },
    }
    made = bridge.adapt_template(template, {"functions/f/": "s3://b/k"}, {"Few": "2"})["Resources"]
    assert made["F"]["Properties"] == {"CodeUri": "s3://b/k", "Timeout": 3}
    assert made["M"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 10}
    assert made["N"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert template["Resources"]["F"]["Properties"]["CodeUri"] == "functions/f/"

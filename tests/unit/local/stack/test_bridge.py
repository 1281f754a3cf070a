"""The bridge between AWS and ministack: its files and its templates."""

import json
import time
from pathlib import Path
from typing import Any

from imagedrop_local.stack import bridge


def write_state(folder: Path, name: str, payload: dict[str, Any]) -> Path:
    path = folder / bridge.STATE / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"__ministack_format__": 2, "payload": payload}))
    return path


def test_messages_in_flight_become_visible_and_delayed_ones_stay_delayed(tmp_path: Path) -> None:
    later = time.time() + 500
    messages = [{"visible_at": later, "receive_count": 1}, {"visible_at": later, "receive_count": 0}]
    path = write_state(tmp_path, "sqs", {"queues": {"data": {"q": {"messages": messages}}}})
    bridge.release_in_flight(tmp_path)
    in_flight, delayed = json.loads(path.read_text())["payload"]["queues"]["data"]["q"]["messages"]
    assert in_flight["visible_at"] <= time.time()
    assert delayed["visible_at"] == later


def test_release_in_flight_does_nothing_at_the_first_start(tmp_path: Path) -> None:
    bridge.release_in_flight(tmp_path)


def test_pause_consumers_disables_the_event_source_mappings(tmp_path: Path) -> None:
    path = write_state(
        tmp_path, "lambda", {"esms": {"data": {"a": {"UUID": "a", "State": "Enabled", "Enabled": True}}}}
    )
    bridge.pause_consumers(tmp_path)
    (mapping,) = json.loads(path.read_text())["payload"]["esms"]["data"].values()
    assert mapping == {"UUID": "a", "State": "Disabled", "Enabled": False}


def test_pause_consumers_does_nothing_at_the_first_start(tmp_path: Path) -> None:
    bridge.pause_consumers(tmp_path)


def test_kept_state_gets_the_new_port(tmp_path: Path) -> None:
    bridge.follow_port(tmp_path, 4566)
    path = write_state(tmp_path, "lambda", {"url": "http://127.0.0.1:4566/0/q", "other": "127.0.0.1:45660/"})
    bridge.follow_port(tmp_path, 4600)
    assert json.loads(path.read_text())["payload"] == {"url": "http://127.0.0.1:4600/0/q", "other": "127.0.0.1:45660/"}


def test_discard_state_deletes_the_state(tmp_path: Path) -> None:
    path = write_state(tmp_path, "dynamodb", {})
    bridge.discard_state(tmp_path)
    assert not path.exists()


def test_the_adapted_template_has_s3_code_and_numeric_concurrency() -> None:
    template: dict[str, Any] = {
        "Parameters": {"Many": {"Default": 10}, "Few": {"Default": 4}},
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "functions/f/", "Timeout": 3}},
            "M": {"Properties": {"ScalingConfig": {"MaximumConcurrency": {"Ref": "Many"}}}},
            "N": {"Properties": {"ScalingConfig": {"MaximumConcurrency": {"Ref": "Few"}}}},
            "T": {"Type": "AWS::SNS::Topic"},
        },
    }
    resources = bridge.adapt_template(template, {"functions/f/": "s3://b/k"}, {"Few": "2"})["Resources"]
    assert resources["F"]["Properties"] == {"CodeUri": "s3://b/k", "Timeout": 3}
    assert resources["M"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 10}
    assert resources["N"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert template["Resources"]["F"]["Properties"]["CodeUri"] == "functions/f/"

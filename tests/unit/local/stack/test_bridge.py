"""The bridge between AWS and ministack: its files and its templates."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.parametrize(("minutes", "rate"), [(1, "rate(1 minute)"), (1440, "rate(1440 minutes)")])
def test_the_adapted_template_has_s3_code_few_calls_at_a_time_and_its_own_rate(minutes: int, rate: str) -> None:
    sweep = {"Schedule": {"Type": "Schedule", "Properties": {"Schedule": "rate(5 minutes)", "Description": "d"}}}
    template: dict[str, Any] = {
        "Resources": {
            "F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "functions/f/", "Timeout": 3}},
            "M": {"Properties": {"ScalingConfig": {"MaximumConcurrency": 10}}},
            "S": {"Properties": {"Events": sweep}},
            "T": {"Type": "AWS::SNS::Topic"},
        },
    }
    resources = bridge.adapt_template(template, {"functions/f/": "s3://b/k"}, minutes)["Resources"]
    assert resources["F"]["Properties"] == {"CodeUri": "s3://b/k", "Timeout": 3}
    assert resources["M"]["Properties"]["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert resources["S"]["Properties"]["Events"]["Schedule"] == {
        "Type": "Schedule",
        "Properties": {"Schedule": rate, "Description": "d"},
    }
    assert template["Resources"]["F"]["Properties"]["CodeUri"] == "functions/f/"
    assert sweep["Schedule"]["Properties"] == {"Schedule": "rate(5 minutes)", "Description": "d"}


def test_temporary_files_are_deleted_also_while_a_function_of_an_earlier_run_writes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / bridge.TEMPORARY / "old"
    old.mkdir(parents=True)
    bridge.empty_temporary(tmp_path)
    assert list((tmp_path / bridge.TEMPORARY).iterdir()) == []
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)  # it has written a file meanwhile
    bridge.empty_temporary(tmp_path)


class Mappings:
    """Stands for the Lambda client."""

    def __init__(self, **states: str) -> None:
        self.states, self.changed = states, dict[str, bool]()

    def list_event_source_mappings(self) -> dict[str, Any]:
        return {"EventSourceMappings": [{"UUID": name, "State": state} for name, state in self.states.items()]}

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803 - boto3's names
        self.changed[UUID] = Enabled


def test_only_paused_consumers_are_resumed_and_by_hand_none_consumes() -> None:
    functions = Mappings(paused=bridge.PAUSED, new="Enabled")
    bridge.set_consumers(functions, enabled=True)
    assert functions.changed == {"paused": True}
    bridge.set_consumers(functions, enabled=False)
    assert functions.changed == {"paused": False, "new": False}

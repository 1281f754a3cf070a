"""What ministack 1.5.33 does differently from AWS, one function for each difference."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STATE, TEMPORARY = "state", "tmp"
CONCURRENCY = 2  # calls of one function at the same time; at least 2 on AWS
PAUSED = "Disabled"  # Lambda API: state of an event source mapping


def environment(folder: Path, port: int, region: str) -> dict[str, str]:
    """ministack's environment variables. Without them it listens on every address, and for IoT on another port."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / STATE),
        "TMPDIR": str(folder / TEMPORARY),
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
    }


def empty_temporary(folder: Path) -> None:
    """Deletes the unpacked functions of an earlier run that was killed; ministack does not. A function of that run may
    still be writing here."""
    shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
    (folder / TEMPORARY).mkdir(exist_ok=True)


def discard_state(folder: Path) -> None:
    """Deletes the state after an unclean end: it is written at a clean stop only, so it is out of date. The sweep
    rebuilds the ledger from bucket, tags and result files; an old ledger would be worse than none."""
    shutil.rmtree(folder / STATE, ignore_errors=True)


def release_in_flight(folder: Path) -> None:
    """Makes messages in flight visible at once: no consumer outlives the stack. AWS keeps them invisible."""
    path = folder / STATE / "sqs.json"
    if not path.exists():
        return
    state = json.loads(path.read_text())
    for queue in state["payload"]["queues"]["data"].values():
        for message in queue["messages"]:
            if message.get("receive_count"):
                message["visible_at"] = min(message["visible_at"], time.time())
    path.write_text(json.dumps(state))


def pause_consumers(folder: Path) -> None:
    """Disables the event source mappings: ministack would at once pass messages to functions with the addresses of the
    last start. Such a message returns only after its visibility timeout."""
    path = folder / STATE / "lambda.json"
    if not path.exists():
        return
    state = json.loads(path.read_text())
    for mapping in state["payload"]["esms"]["data"].values():
        mapping.update(Enabled=False, State=PAUSED)
    path.write_text(json.dumps(state))


def set_consumers(functions: Any, *, enabled: bool) -> None:
    """Enables the paused mappings again, after the functions are deployed; or disables all. `functions`: the Lambda
    client."""
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if not enabled or mapping["State"] == PAUSED:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


def follow_port(folder: Path, port: int) -> None:
    """Changes the port in the kept state: queue URLs contain ministack's port."""
    port_file = folder / STATE / "port"
    if port_file.exists() and (old_port := port_file.read_text()) != str(port):
        for path in port_file.parent.glob("*.json"):
            path.write_text(path.read_text().replace(f"127.0.0.1:{old_port}/", f"127.0.0.1:{port}/"))
    port_file.parent.mkdir(parents=True, exist_ok=True)
    port_file.write_text(str(port))


def adapt_template(template: Mapping[str, Any], addresses: Mapping[str, str], sweep_every: int) -> dict[str, Any]:
    """The template with CodeUri and ContentUri replaced by `addresses` (s3://...), because ministack does not package;
    with a sweep every `sweep_every` minutes; and with few calls at the same time, for one machine."""
    resources = {
        name: {**resource, "Properties": _adapt(resource.get("Properties", {}), addresses, sweep_every)}
        for name, resource in template["Resources"].items()
    }
    return {**template, "Resources": resources}


def _adapt(properties: dict[str, Any], addresses: Mapping[str, str], sweep_every: int) -> dict[str, Any]:
    changed: dict[str, Any] = {
        key: addresses[properties[key]] for key in ("CodeUri", "ContentUri") if key in properties
    }
    if "ScalingConfig" in properties:
        changed["ScalingConfig"] = {"MaximumConcurrency": CONCURRENCY}
    if "Events" in properties:
        rate = f"rate({sweep_every} minute{'s' * (sweep_every > 1)})"
        changed["Events"] = {
            name: {**event, "Properties": {**event["Properties"], "Schedule": rate}}
            for name, event in properties["Events"].items()
        }
    return {**properties, **changed}

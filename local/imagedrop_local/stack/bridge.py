"""What ministack 1.5.33 does not do as AWS does, each in one function. Everything else is ministack's own."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

STATE, TEMPORARY = "state", "tmp"
PAUSED = "Disabled"  # Lambda API: the state of an event source mapping


def environment(folder: Path, port: int, region: str) -> dict[str, str]:
    """ministack's environment. It would listen on every address, and for IoT on another port."""
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
    """Unpacked functions of an earlier start that was killed; nobody else clears them away."""
    shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
    (folder / TEMPORARY).mkdir()


def discard_state(folder: Path) -> None:
    """State is written at a clean stop only; after any other end it is older than the world, and a ledger that is
    behind is worse than none: the sweep rebuilds from bucket, tags and result files."""
    shutil.rmtree(folder / STATE, ignore_errors=True)


def release_in_flight(folder: Path) -> None:
    """No consumer outlives the stack, so what was being worked on is visible again at once, as it never is on AWS."""
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
    """ministack would read on from the queues at once, with functions that still have the last start's addresses and
    are about to be replaced: a message that is taken then comes again only after its visibility timeout."""
    path = folder / STATE / "lambda.json"
    if not path.exists():
        return
    state = json.loads(path.read_text())
    for mapping in state["payload"]["esms"]["data"].values():
        mapping.update(Enabled=False, State=PAUSED)
    path.write_text(json.dumps(state))


def resume_consumers(functions: Any) -> None:
    """`functions`: the client of Lambda, once they are this start's."""
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if mapping["State"] == PAUSED:
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def follow_port(folder: Path, port: int) -> None:
    """Queue URLs carry ministack's port, in its state too: everything that was kept moves along to another port."""
    note = folder / STATE / "port"
    if note.exists() and (before := note.read_text()) != str(port):
        for path in note.parent.glob("*.json"):
            path.write_text(path.read_text().replace(f"127.0.0.1:{before}/", f"127.0.0.1:{port}/"))
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(str(port))


def adapt_template(
    template: Mapping[str, Any], addresses: Mapping[str, str], parameters: Mapping[str, str]
) -> dict[str, Any]:
    """The template with CodeUri and ContentUri as `addresses` has them (s3://...), for ministack packs nothing, and
    with numbers where mappings refer to parameters, for it compares what it reads there with numbers."""
    given = {name: str(parameter.get("Default", "")) for name, parameter in template["Parameters"].items()}
    given.update(parameters)
    resources = {
        name: {**resource, "Properties": _adapted(resource.get("Properties", {}), addresses, given)}
        for name, resource in template["Resources"].items()
    }
    return {**template, "Resources": resources}


def _adapted(properties: dict[str, Any], addresses: Mapping[str, str], given: Mapping[str, str]) -> dict[str, Any]:
    changed: dict[str, Any] = {
        key: addresses[properties[key]] for key in ("CodeUri", "ContentUri") if key in properties
    }
    scaling = properties.get("ScalingConfig", {}).get("MaximumConcurrency")
    if isinstance(scaling, dict):
        changed["ScalingConfig"] = {"MaximumConcurrency": int(given[scaling["Ref"]])}
    return {**properties, **changed}

"""Writes the golden files, one for each stored or public format.

    python tests/golden/make.py

It only adds files for new formats and never changes existing ones: ledgers and buckets contain these formats, and other
programs read them. If a test fails, the code is wrong and not the file.
"""

from __future__ import annotations

import io
from contextlib import nullcontext, redirect_stdout
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from imagedrop.adapters.dynamodb.items import to_dynamodb, to_row
from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.adapters.sqs import QUEUES, SqsQueues
from imagedrop.domain import drop as drops
from imagedrop.domain.drop import Drop, FileVersion
from imagedrop.domain.messages import NoticeMessage, PollMessage, RegistrationMessage
from imagedrop.domain.object_keys import claim_key, result_key
from imagedrop.intake import enqueue, replay_protection
from imagedrop.intake.smn_push import SmnPush
from imagedrop.workflow import dispatch, notify, status
from imagedrop.workflow.bucket_records import claims, end_markers, results
from imagedrop.workflow.sweep.place import Place
from imagedrop.workflow.sweep.search import NOTE
from imagedrop_cli import connections
from imagedrop_cli import redrive as redrive_command
from imagedrop_cli import status as status_command
from imagedrop_cli.check_image import check_image
from imagedrop_cli.image_location import FileLocation
from imagedrop_local.memory import MemoryPorts, SettableClock, memory_ports
from imagedrop_local.project_paths import function
from tests.golden.rows import (
    BUCKET,
    DATA,
    ETAG,
    KEY,
    NOW,
    SAMPLE,
    UNICODE,
    inspect_sample,
    minimal,
    registered,
    rows,
)
from tests.golden.support import (
    FOLDER,
    Recorder,
    as_first,
    attributes,
    first_attributes,
    first_claim,
    first_drops,
    of_first_version,
    stored,
    text,
)

PUSH = SmnPush("Notification", "a message id", "2026-11-24T13:00:00Z", datetime(2026, 11, 24, 13, tzinfo=UTC), {})


def files() -> dict[str, bytes]:
    """The content of every golden file by its name, made by the present code."""
    made = {
        "attributes.json": text(first_attributes(attributes(Drop))),
        "inspected.json": text(inspect_sample()),
        "check_names.json": text(check_names()),
        "keys.json": text(keys()),
        "messages.json": text(messages()),
        "notes.json": text(notes()),
        "place.json": text(place().note(NOW[7])),
        "ledger_calls.json": text(ledger_calls()),
        "notified.json": text(notified()),
        **statuses(),
    }
    for name, row in rows().items():
        made[f"rows/{name}.json"] = text(stored(row))
        made[f"items/{name}.json"] = text(to_dynamodb(as_first(to_row(row))))
        if row.stage in drops.LIVE:
            made[f"claims/{name}.json"] = claim_body(row)
        if row.ended:
            made[f"results/{name}.json"] = result_body(row)
    made["other_versions/newer.json"] = text(with_unknown(stored(rows()["filled"])))
    required = ("drop_id", "bucket", "key", "received_at", "updated_at", "deadline_at")
    made["other_versions/older.json"] = text({name: stored(rows()["minimal"])[name] for name in required})
    return made


def claim_body(row: Drop) -> bytes:
    ports = memory_ports()
    claims.write_claim(ports.objects, row, ports.settings.installation)
    return first_claim(ports.objects.body(BUCKET, claim_key(row.drop_id)) or b"")


def result_body(row: Drop) -> bytes:
    ports = memory_ports()
    results.write_result(ports.objects, row)
    return of_first_version(ports.objects.body(BUCKET, result_key(row.key)) or b"")


def with_unknown(data: Any) -> Any:
    """Adds an attribute of a newer version to the row and to every model inside it."""
    newer = {"of_a_newer_version": {"a": [1, None]}}
    inside = ("owner", "held", "reason")
    data = data | {name: data[name] | newer for name in inside} | newer
    data["versions"] = {key: version and version | newer for key, version in data["versions"].items()}
    data["images"] = [image | newer for image in data["images"]]
    data["told"] = {channel: delivery | newer for channel, delivery in data["told"].items()}
    return data


def check_names() -> dict[str, Any]:
    """The names that `check --json` prints. Those of the facts are in inspected.json."""
    report = check_image(FileLocation(SAMPLE), None).public()
    return {name: list(report[name]) if name in ("facts", "read") else None for name in report}


def keys() -> dict[str, Any]:
    """Object keys, and drop ids, which are parts of them."""
    of_rows = {
        name: {
            "drop_id": row.drop_id,
            "claim": claim_key(row.drop_id),
            "result": result_key(row.key),
            "end": end_markers.end_marker_key(row),
        }
        for name, row in rows().items()
    }
    lone_surrogate = "broken-\ud800.vhd"
    ids = {key: drops.drop_id(BUCKET, key, f'"{ETAG}"') for key in (KEY, UNICODE, lone_surrogate)}
    return {"rows": of_rows, "drop_ids": ids, "waiting_id": drops.waiting_id(BUCKET, UNICODE)}


def messages() -> list[dict[str, Any]]:
    """The messages to each queue, as SQS gets them."""
    client = Recorder()
    ports = memory_ports(queues=SqsQueues(client, {queue: queue for queue in QUEUES}))
    for name in ("accepted", "importing-unicode", "registered", "waiting-for-image", "again-disowned"):
        dispatch.send_next(ports, rows()[name], delay=5)
    enqueue.enqueue({"bucket": BUCKET, "key": UNICODE}, ports)
    ports.queues.send("registrations", RegistrationMessage(drop_id="d", attempt=2).body())
    ports.queues.send("polls", PollMessage(drop_id="d", attempt=2, generation=3).body())
    ports.queues.send("notices", NoticeMessage(drop_id="d", attempt=2).body())
    redrive(memory_ports(queues=ports.queues, ledger=ports_with_rows("rejected").ledger))
    return client.calls


def notes() -> list[dict[str, Any]]:
    """The ledger's notes, as DynamoDB gets them."""
    client = Recorder()
    ports = memory_ports(ledger=DynamoLedger(client, "ledger"), clock=SettableClock(NOW[7]))
    ports.ledger.store(NOTE, Place(after=UNICODE).note(ports.clock()))
    replay_protection.remember(PUSH, ports)
    ports.ledger.count("mails:a mailbox:2026-11-24T13", 30, NOW[7])
    return [call for call in client.calls if call["call"] in ("put_item", "update_item")]


def place() -> Place:
    """Of a sweep that has stopped between an image and its sidecar, and had no time for all end markers."""
    pending = [(UNICODE, FileVersion(etag="e1", last_modified="2026-11-24T13:00:00Z"))]
    return Place(UNICODE + "-old", pending, first_folder="Aa_-0", end_folder="zz_-9")


def ledger_calls() -> list[dict[str, Any]]:
    """The ledger's calls of DynamoDB."""
    client = Recorder()
    ledger = DynamoLedger(client, "ledger")
    row = minimal().model_copy(update={"revision": 5})
    ledger.save(minimal())
    ledger.save(row)
    ledger.accept(row, over=row.model_copy(update={"drop_id": "other", "revision": 7}))
    ledger.delete(row)
    ledger.release_key(row)
    ledger.record_part(BUCKET, DATA, KEY)
    ledger.images_naming_part(BUCKET, DATA)
    list(ledger.rows_of_key(BUCKET, KEY))
    list(ledger.open(queued=False))
    ledger.tasks_in_progress()
    ledger.queued(3)
    return client.calls


def notified() -> dict[str, Any]:
    """Messages, row and objects after the notification of an end."""
    ports = ports_with_rows("registered")
    notify.notify(ports, registered().drop_id, 1)
    return {
        "attributes": ports.topic.published[0].attributes,
        "message": of_first_version(ports.topic.published[0].body.encode()).decode(),
        "row": stored(ports.ledger.rows()[0]),
        "keys": ports.objects.keys(BUCKET),
        "counted": dict(ports.ledger._counts),
    }


def statuses() -> dict[str, bytes]:
    ports = ports_with_rows("accepted-held", "importing-unicode", "waiting-for-image")
    event: dict[str, Any] = {"requestContext": {"authorizer": {"iam": {}}}}
    event_with_key = {**event, "queryStringParameters": {"key": KEY}}
    ended = ports_with_rows("rejected")
    return {
        "status/lines.json": text({name: status.summary(row) for name, row in rows().items()}),
        "status/overview.json": text(status.overview(ports)),
        "status/stories.json": text([as_first(row) for row in status.rows_of_key(ports, BUCKET, KEY)]),
        "status/function.json": text(function("status").handle(event, ports)),
        "status/function-one.json": text(function("status").handle(event_with_key, ports)),
        "cli/status.json": command(ports, lambda: status_command.status(json=True)),
        "cli/status-one.json": first_drops(command(ports, lambda: status_command.status(KEY, json=True))),
        "cli/redrive.json": redrive(ended),
    }


def redrive(ports: MemoryPorts) -> bytes:
    return command(ports, lambda: redrive_command.redrive(KEY, json=True))


def command(ports: MemoryPorts, run: Any) -> bytes:
    """The output of a command with a ledger in memory."""
    connection = SimpleNamespace(settings=ports.settings, objects=ports.objects)
    printed = io.StringIO()
    with (
        mock.patch.object(status_command, "open_ports", return_value=nullcontext(ports)),
        mock.patch.object(redrive_command, "open_ports", return_value=nullcontext(ports)),
        mock.patch.object(connections, "obs", return_value=connection),
        redirect_stdout(printed),
    ):
        run()
    return printed.getvalue().encode()


def ports_with_rows(*names: str) -> MemoryPorts:
    """A ledger with these rows, and a clock that shows a later time."""
    ports = memory_ports(clock=SettableClock(NOW[15]))
    for name in names:
        ports.ledger.save(rows()[name].model_copy(update={"revision": 0}))
    return ports


if __name__ == "__main__":
    for name, body in files().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_bytes(body)
            print(name)

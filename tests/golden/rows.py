"""Rows in every stage, made by the state machine."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from imagedrop import rules, sidecar
from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain import transitions
from imagedrop.domain.drop import ChannelDelivery, Drop, DropImage, FileVersion, Held, Owner, Reason, Versions
from imagedrop.findings import Finding
from imagedrop.inspection import FileSource, inspect
from imagedrop.ports import ObjectHead
from imagedrop_local.memory import memory_ports
from imagedrop_local.memory.fake_clock import START
from tests.golden.support import golden

BUCKET = "drops"
SAMPLE = Path(__file__).parents[2] / "samples/windows-server-2022.qcow2"
KEY = "golden/windows-server-2022.qcow2"
DATA = "golden/data-1.qcow2"
SIDECAR = KEY + ".json"
UNICODE = "镜像/\N{MATHEMATICAL FRAKTUR CAPITAL W}indows \N{WINDOW} é+%20.vhdx"
ETAG = "5d41402abc4b2a76b9719d911017c592"
NOW = [START + timedelta(minutes=number, milliseconds=123 * number) for number in range(20)]

FINDINGS = (
    Finding(
        id="disk.too_large",
        severity="error",
        message="The disk has 2 TiB: 镜像 \N{FLOPPY DISK}.",
        fix="Shrink it.",
        field="/min_disk",
        values={"size": 2199023255552, "ratio": 0.5, "names": ["a", "b"], "file": None},
    ),
    Finding(id="win.driver_missing", severity="warning", message="No virtio driver.", fix="Install it."),
)
STORED_FINDINGS = tuple(finding.stored() for finding in FINDINGS)
OWNER = Owner(email="ada@example.com", name="Ada 王", language="zh")
IMAGES = (
    DropImage(role="system", id="image-0001-0", name="Windows \N{WINDOW}", min_disk=40, file=None),
    DropImage(role="data", id="image-0001-1", name="data", min_disk=100, file="data-1.qcow2"),
)


def version(number: int) -> FileVersion:
    return FileVersion(etag=f"{number:032x}", last_modified="2026-11-24T12:59:00Z")


def versions(key: str = KEY) -> Versions:
    return {key: FileVersion(etag=ETAG, last_modified="2026-11-24T12:58:00Z"), key + ".json": version(2)}


@cache
def inspected() -> dict[str, Any]:
    """Facts, sidecar with defaults, and request of the sample with a data disk, as stored in rows."""
    found: dict[str, Any] = json.loads(golden("inspected.json"))
    return found


def inspect_sample() -> dict[str, Any]:
    """`inspected`, made by the present inspection and rules."""
    ports = memory_ports()
    wanted = json.loads(SAMPLE.with_name(SAMPLE.name + ".json").read_text())
    wanted["data_images"] = [{"file": "data-1.qcow2", "min_disk": 100}]
    head = ObjectHead(KEY, ETAG, SAMPLE.stat().st_size, "2026-11-24T12:58:00Z")
    part = ObjectHead(DATA, "3" * 32, head.size, "2026-11-24T12:58:00Z")
    with FileSource(SAMPLE) as source:
        image = inspect(source, file_name=KEY)
        data = inspect(source, file_name=DATA, role="data")
    subject = rules.InspectedFile(head, image.facts, image.findings)
    parts = {DATA: rules.InspectedFile(part, data.facts, data.findings)}
    content = sidecar.read(json.dumps(wanted).encode()).sidecar
    result = rules.check(content, subject, parts, rules.Location.of(ports, BUCKET))
    facts = json.loads(json.dumps(image.facts.public()))
    return {"facts": facts, "sidecar": result.filled, "request": result.request}


def waiting(key: str = KEY) -> Drop:
    row = transitions.new_drop(bucket=BUCKET, key=key, etag=ETAG, now=NOW[0], pairing_deadline=3600)
    present = {**versions(key), key + ".json": None}
    return transitions.wait(row, NOW[0], versions=present, missing=(key + ".json",))


def accepted(key: str = KEY) -> Drop:
    present = {**versions(key), DATA: version(3)}
    found = inspected()
    row = waiting(key).model_copy(update={"owner": OWNER, "revision": 1764000000000})
    return transitions.accept(
        row,
        NOW[1],
        86_400,
        versions=present,
        sidecar=found["sidecar"],
        size=2352128,
        request=found["request"],
        facts=found["facts"],
        findings=STORED_FINDINGS[1:],
    )


def queued() -> Drop:
    """As the first version queued it."""
    return accepted().updated(NOW[2], admission="queued")


def admitted(row: Drop) -> Drop:
    """As the first version admitted it."""
    return row.updated(NOW[3], admission="called")


def sending(key: str = KEY) -> Drop:
    return transitions.mark_sent(transitions.begin_submit(admitted(accepted(key)), NOW[4], 90), NOW[5], 90)


def importing(key: str = KEY) -> Drop:
    row = sending(key).model_copy(update={"planned_polls": (60, 75, 93)})
    return transitions.begin_import(row, NOW[6], job_id="job-0001", images=(), first=60)


def registered() -> Drop:
    return transitions.end(importing(), NOW[8], "registered", None, images=IMAGES)


def end_marked(row: Drop) -> Drop:
    deliveries = {
        "result": ChannelDelivery(
            state="skipped", at=format_timestamp(NOW[9]), note="the result of newer content lies there"
        ),
        "sns": ChannelDelivery(state="done", at=format_timestamp(NOW[9])),
        "mail": ChannelDelivery(state="refused", at=format_timestamp(NOW[10]), note="no mail to ada@example.com"),
    }
    return row.updated(NOW[11], deliveries=deliveries, end_marked=True, redrives=0)


def replaced() -> Drop:
    reason = Reason(code=drops.OBJECT_REPLACED, message=f"{KEY} was replaced by newer content while it was imported.")
    return transitions.end(importing(), NOW[8], "failed", reason, images=IMAGES)


def rejected() -> Drop:
    reason = Reason(code="disk.too_large", message=FINDINGS[0].message)
    found = {"versions": versions(), "findings": STORED_FINDINGS, "facts": inspected()["facts"]}
    return transitions.end(waiting(), NOW[2], "rejected", reason, **found)


def filled() -> Drop:
    """No field has its default."""
    return Drop(
        drop_id=drops.drop_id(BUCKET, UNICODE, ETAG),
        bucket=BUCKET,
        key=UNICODE,
        etag=ETAG,
        stage="importing",
        attempt=3,
        revision=1764000000007,
        versions=versions(UNICODE) | {"镜像/part.vhdx": version(4), "镜像/gone.mf": None},
        received_at=format_timestamp(NOW[0]),
        updated_at=format_timestamp(NOW[1]),
        deadline_at=format_timestamp(NOW[2]),
        ended_at=format_timestamp(NOW[3]),
        missing=("镜像/part.vhdx",),
        blocked_by="another drop",
        parked=True,
        owner=OWNER,
        sidecar=inspected()["sidecar"],
        size=1 << 40,
        facts=inspected()["facts"],
        findings=STORED_FINDINGS,
        request=inspected()["request"],
        admission="called",
        sent_at=format_timestamp(NOW[4]),
        sends=2,
        restarts=1,
        job_id="job-0002",
        job_started_at=format_timestamp(NOW[5]),
        planned_polls=(60, 75),
        images=IMAGES,
        disowned_images=("image-0000-0",),
        generation=4,
        tries=5,
        next_at=format_timestamp(NOW[6]),
        held=Held(code="IMG.0147", message="quota", since=format_timestamp(NOW[7])),
        redrives=2,
        reason=Reason(code="IMG.0057", message="the file is damaged"),
        deliveries={"result": ChannelDelivery(state="sending", at=format_timestamp(NOW[8]), note="a note")},
        end_marked=True,
    )


def minimal() -> Drop:
    """Every optional field has its default, like a row of an older version."""
    at = format_timestamp(NOW[0])
    return Drop(drop_id="minimal", bucket=BUCKET, key=KEY, received_at=at, updated_at=at, deadline_at=at)


def rows() -> dict[str, Drop]:
    orphan = transitions.wait(
        transitions.new_drop(bucket=BUCKET, key=KEY, etag=None, now=NOW[0], pairing_deadline=3600),
        NOW[0],
        versions={KEY: None, SIDECAR: version(2)},
        missing=(KEY,),
    )
    late = Reason(code="pair.image_missing", message="no image")
    held = Held(code="IMG.0147", message="quota of private images", since=format_timestamp(NOW[6]))
    again = transitions.new_attempt(replaced(), NOW[12], 3600)
    blocked = transitions.wait(waiting(), NOW[1], versions=versions(), missing=(), blocked_by="the drop before")
    notifying = registered().updated(
        NOW[9],
        deliveries=registered().deliveries | {"result": ChannelDelivery(state="sending", at=format_timestamp(NOW[9]))},
    )
    already = Finding(id="pair.already_registered", severity="info", message="It is registered.", fix="Nothing.")
    return {
        "waiting-for-image": orphan,
        "waiting-for-sidecar": drops.with_next_revision(waiting()),
        "waiting-behind": blocked,
        "waiting-parked": transitions.park(again, NOW[13]),
        "accepted": drops.with_next_revision(accepted()),
        "accepted-queued": queued(),
        "accepted-called": admitted(queued()),
        "accepted-released": transitions.return_to_accepted(sending(), NOW[6], 30, admission="called"),
        "accepted-held": transitions.return_to_accepted(sending(), NOW[6], 900, held, admission="called"),
        "accepted-restarted": transitions.restart_job(importing(), NOW[7]),
        "submitting-reserved": transitions.begin_submit(admitted(accepted()), NOW[4], 90).updated(NOW[4], next_at=None),
        "submitting-sent": sending(),
        "submitting-unknown": sending().updated(
            NOW[7], admission="", tries=2, next_at=format_timestamp(NOW[8]), held=None
        ),
        "importing": importing(),
        "importing-unicode": importing(UNICODE),
        "importing-found": transitions.begin_import(sending(), NOW[6], job_id=None, images=IMAGES, first=1),
        "importing-held": importing().updated(NOW[7], tries=1, held=held, next_at=format_timestamp(NOW[8])),
        "registered": registered(),
        "registered-telling": notifying,
        "registered-sealed": end_marked(registered()),
        "registered-answered": transitions.answer_with_image(end_marked(registered()), NOW[13], versions(), already),
        "rejected": rejected(),
        "rejected-waiting": transitions.end(
            waiting(UNICODE), NOW[2], "rejected", Reason(code="pair.sidecar_missing", message="no sidecar"),
            findings=STORED_FINDINGS,
        ),
        "failed-replaced": replaced(),
        "again-disowned": again,
        "rejected-without-image": transitions.end(orphan, NOW[2], "rejected", late, findings=STORED_FINDINGS[:1]),
        "filled": filled(),
        "minimal": minimal(),
    }  # fmt: skip

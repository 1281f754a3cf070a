"""The output of a run: the events of every drop with a violation, and a closing line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from imagedrop.domain import drop as drops
from tests.chaos.invariants import excuse
from tests.chaos.observation import BUCKET, Observation, RowWrite, Violation

if TYPE_CHECKING:
    from tests.chaos.world import World

SHOWN = 10  # drops; more probably have the same cause


def violations_text(observed: Observation, violations: list[Violation]) -> str:
    lines = [f"BROKEN: {violation.about}: {violation.text}" for violation in violations]
    for about in list(dict.fromkeys(violation.about for violation in violations))[:SHOWN]:
        lines += ["", f"--- {about}", *events(observed, about)]
    return "\n".join([*lines, ""]) if lines else ""


def closing_line(world: World, violations: list[Violation], seed: int, seconds: float) -> str:
    observed, stops = world.observed, world.observed.interruptions
    ends = Counter(last.row.stage for last in _last_writes(observed).values() if last.row.ended)
    reasons = Counter(end.row.reason.code for end in observed.ends().values() if end.row.reason)
    parts = [
        f"{count_drops(observed)} drops in {seconds:.0f} s",
        f"{len(observed.uploads)} uploads",
        f"{len(observed.ends())} ends (the last ones: {_counted(ends)})",
        f"reasons: {_counted(reasons)}",
        f"{len(stops)} kills or stops ({_counted(Counter(stop.what for stop in stops))})",
        f"{sum(stop.wiped for stop in stops)} wipes",
        f"{sum(image.status == 'active' for image in observed.images)} images",
        f"repeated notices: {_counted(excuses(observed))}",
        f"{len(violations)} violations",
    ]
    return f"seed {seed}: " + "; ".join(parts)


def progress(world: World) -> str:
    observed, plan = world.observed, world.plan
    uploads = f"{len(observed.uploads)} of {len(plan.uploads)} uploads"
    ends = f"{len(observed.ends())} ends, {len(observed.end_markers)} end markers"
    return f"{uploads}, {ends}, {len(observed.interruptions)} of {len(plan.kills)} kills or stops"


def count_drops(observed: Observation) -> int:
    """Keys of images, without data files, which have the same name in every plan."""
    keys = (upload.key for upload in observed.uploads)
    return len({key.removesuffix(".json") for key in keys if not key.endswith("/data.qcow2")})


def _counted(counter: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in Counter(counter).most_common()) or "none"


def excuses(observed: Observation) -> Counter[str]:
    """The number of repeated notices for each excuse."""
    return Counter(excuse(observed, first, second) or "no excuse" for *_, first, second in observed.repeated_notices())


def all_events(observed: Observation) -> str:
    keys = sorted({upload.key.removesuffix(".json") for upload in observed.uploads})
    return "\n".join("\n".join([f"--- {key}", *events(observed, key), ""]) for key in keys)


def events(observed: Observation, about: str) -> list[str]:
    """Everything that happened to a drop, given its id or its key, sorted by time."""
    keys = {
        upload.key
        for upload in observed.uploads
        if about in (upload.key, drops.drop_id(BUCKET, upload.key, upload.etag))
    }
    keys |= {write.row.key for write in observed.writes if about in (write.row.key, write.row.drop_id)}
    keys |= {f"{key}.json" for key in keys}
    return [f"{at:17.3f}  {text}" for at, text in sorted(_events(observed, keys))]


def _events(observed: Observation, keys: set[str]) -> Iterator[tuple[float, str]]:
    ids = {write.row.drop_id for write in observed.writes if write.row.key in keys}
    for upload in observed.uploads:
        if upload.key in keys:
            yield upload.at, f"put {upload.key} {upload.content} {upload.etag}"
    for write in observed.writes:
        if write.row.key in keys:
            yield write.at, _row(write)
    for notice in observed.notices:
        if notice.end[0] in ids:
            content = notice.document["stage"] if notice.document else f"to {notice.to}"
            yield notice.at, f"{notice.channel}: {notice.end[0][:8]} attempt {notice.end[1]} {content}"
    for image in observed.images:
        if image.key in keys:
            job = f"job {image.job_id} for {image.drop_id[:8]}"
            yield image.submitted, f"IMS: {job}: {image.id}, {image.status} at the end"
    for stop in observed.interruptions:
        yield stop.at, f"--- {stop.what}"


def _row(write: RowWrite) -> str:
    row = write.row
    values: dict[str, object] = {
        "job": row.job_id,
        "sent": row.sent_at,
        "next": row.next_at,
        "reason": row.reason and row.reason.code,
        "missing": row.missing,
        "blocked by": row.blocked_by,
        "redrives": row.redrives,
        "end marker": row.end_marked,
        **{channel: delivery.state for channel, delivery in row.deliveries.items()},
    }
    text = " ".join(f"{name} {value}" for name, value in values.items() if value)
    return f"row: {row.drop_id[:8]} attempt {row.attempt} rev {row.revision} {row.stage} {text}"


def _last_writes(observed: Observation) -> dict[str, RowWrite]:
    return {write.row.drop_id: write for write in sorted(observed.writes, key=lambda write: write.at)}

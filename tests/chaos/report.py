"""What a run says of itself: the story of every drop of which something does not hold, and a closing line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from imagedrop.domain import drop as drops
from tests.chaos.invariants import excuse
from tests.chaos.observation import BUCKET, Broken, Seen, Written

if TYPE_CHECKING:
    from tests.chaos.world import World

SHOWN = 10  # stories; who has more to tell has one thing to mend


def told(seen: Seen, found: list[Broken]) -> str:
    lines = [f"BROKEN: {one.about}: {one.text}" for one in found]
    for about in list(dict.fromkeys(one.about for one in found))[:SHOWN]:
        lines += ["", f"--- {about}", *story(seen, about)]
    return "\n".join([*lines, ""]) if lines else ""


def closing(world: World, found: list[Broken], seed: int, seconds: float) -> str:
    seen, stops = world.seen, world.seen.interruptions
    ends = Counter(last.row.stage for last in _last_rows(seen).values() if last.row.ended)
    reasons = Counter(one.row.reason.code for one in seen.ends().values() if one.row.reason)
    parts = [
        f"{dropped(seen)} drops in {seconds:.0f} s",
        f"{len(seen.puts)} uploads",
        f"{len(seen.ends())} ends (at last {_counted(ends)})",
        f"reasons: {_counted(reasons)}",
        f"{len(stops)} times killed or stopped ({_counted(Counter(one.what for one in stops))})",
        f"{sum(one.wiped for one in stops)} wipes",
        f"{sum(image.status == 'active' for image in seen.images)} images",
        f"told twice: {_counted(seconds_told(seen))}",
        f"{len(found)} violations",
    ]
    return f"seed {seed}: " + "; ".join(parts)


def so_far(world: World) -> str:
    seen = world.seen
    done = f"{len(seen.puts)} of {len(world.plan.acts)} uploads, {len(seen.ends())} ends, {len(seen.seals)} sealed"
    return f"{done}, {len(seen.interruptions)} of {len(world.plan.kills)} times killed or stopped"


def dropped(seen: Seen) -> int:
    """Keys that are or were meant to be drops: all but data files, which every plan calls so."""
    return len({one.key.removesuffix(".json") for one in seen.puts if not one.key.endswith("/data.qcow2")})


def _counted(counter: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in Counter(counter).most_common()) or "none"


def seconds_told(seen: Seen) -> Counter[str]:
    """Second tellings, by their excuses."""
    found: Counter[str] = Counter()
    for end in {one.end for one in seen.tellings}:
        for channel in ("sns", "mail"):
            for first, second in pairwise(seen.told(end, channel)):
                found[excuse(seen, first, second) or "no excuse"] += 1
    return found


def history(seen: Seen) -> str:
    """The stories of all keys."""
    keys = sorted({one.key.removesuffix(".json") for one in seen.puts})
    return "\n".join("\n".join([f"--- {key}", *story(seen, key), ""]) for key in keys)


def story(seen: Seen, about: str) -> list[str]:
    """Everything that happened to a drop, by its id or its key, in the order of time."""
    keys = {one.key for one in seen.puts if about in (one.key, drops.drop_id(BUCKET, one.key, one.etag))}
    keys |= {one.row.key for one in seen.written if about in (one.row.key, one.row.drop_id)}
    keys |= {f"{key}.json" for key in keys}
    return [f"{at:17.3f}  {text}" for at, text in sorted(_events(seen, keys))]


def _events(seen: Seen, keys: set[str]) -> Iterator[tuple[float, str]]:
    ids = {one.row.drop_id for one in seen.written if one.row.key in keys}
    for put in seen.puts:
        if put.key in keys:
            yield put.at, f"put {put.key} {put.what} {put.etag}"
    for one in seen.written:
        if one.row.key in keys:
            yield one.at, _row(one)
    for telling in seen.tellings:
        if telling.end[0] in ids:
            said = telling.document["stage"] if telling.document else f"to {telling.to}"
            yield telling.at, f"{telling.channel}: {telling.end[0][:8]} attempt {telling.end[1]} {said}"
    for image in seen.images:
        if image.key in keys:
            yield (
                image.submitted,
                f"IMS: job {image.job_id} for {image.drop_id[:8]}: {image.id}, {image.status} at last",
            )
    for stop in seen.interruptions:
        yield stop.at, f"--- {stop.what}"


def _row(one: Written) -> str:
    row = one.row
    said: dict[str, object] = {
        "job": row.job_id,
        "sent": row.sent_at,
        "due": row.next_at,
        "why": row.reason and row.reason.code,
    }
    said |= {"missing": row.missing, "behind": row.blocked_by, "redrives": row.redrives, "sealed": row.end_marked}
    said |= {name: told.state for name, told in row.deliveries.items()}
    shown = " ".join(f"{name} {value}" for name, value in said.items() if value)
    return f"row: {row.drop_id[:8]} attempt {row.attempt} rev {row.revision} {row.stage} {shown}"


def _last_rows(seen: Seen) -> dict[str, Written]:
    return {one.row.drop_id: one for one in sorted(seen.written, key=lambda one: one.at)}

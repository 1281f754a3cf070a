"""What must hold of every run, whatever went wrong in it. Pure: each check says what is broken in what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from imagedrop.domain import object_keys
from tests.chaos.all_ended import sealed_at, unsettled
from tests.chaos.images import EVERY as OF_IMAGES
from tests.chaos.observation import Broken, End, Seen, Telling, Written

LATE = 1.5  # s; a seal may have been there for so long before it was seen
FUNCTION_LIMIT = 60.0  # s; template.yaml: NotifyFunction


def every_end_is_told(seen: Seen) -> Iterator[Broken]:
    for end, first in seen.ends().items():
        if _forgotten(seen, end, first):
            continue
        for channel in ("result", "sns", "mail"):
            if not seen.told(end, channel) and not _spared(seen, end, channel):
                yield Broken(end[0], f"no {channel} told that attempt {end[1]} of {first.row.key} is {first.row.stage}")


def none_is_told_twice_without_excuse(seen: Seen) -> Iterator[Broken]:
    for end in {one.end for one in seen.tellings}:
        for channel in ("sns", "mail"):
            for first, second in pairwise(seen.told(end, channel)):
                if not excuse(seen, first, second):
                    after = f"{second.at - first.at:.1f} s later"
                    yield Broken(end[0], f"{channel} told twice of attempt {end[1]}, {after}, with no excuse")


def notices_say_what_the_ledger_says(seen: Seen) -> Iterator[Broken]:
    for telling in seen.tellings:
        stages = {one.row.stage for one in seen.rows(telling.end) if one.row.ended}
        if telling.document is not None and telling.document["stage"] not in stages:
            said = telling.document["stage"]
            yield Broken(telling.end[0], f"{telling.channel} says {said}; the ledger says {sorted(stages)}")


def ends_do_not_change(seen: Seen) -> Iterator[Broken]:
    wipes = sorted(one.at for one in seen.interruptions if one.wiped)
    for end in seen.ends():
        rows = sorted((one for one in seen.rows(end) if one.row.ended), key=lambda one: one.at)
        for before, after in pairwise(rows):
            wiped = any(before.at - LATE <= wipe <= after.at for wipe in wipes)
            if not wiped and _said(before) != _said(after):
                yield Broken(end[0], f"attempt {end[1]} was {before.row.stage}, and then {after.row.stage}")


def nothing_is_left(seen: Seen) -> Iterator[Broken]:
    for key in seen.objects:
        if key.startswith(object_keys.FOLDER) and not key.startswith(object_keys.END_MARKERS):
            yield Broken(key.removeprefix(object_keys.FOLDER).removesuffix(".json"), f"the claim {key} is left")
    for queue, count in seen.queued.items():
        if count:
            yield Broken(queue, f"{count} messages are left in {queue}")
    for queue, count in seen.dead.items():
        if count:
            yield Broken(queue, f"{count} messages of {queue} were given up as poison")


def every_drop_has_ended(seen: Seen) -> Iterator[Broken]:
    for key, why in unsettled(seen).items():
        yield Broken(key, f"{key} {why}")


def excuse(seen: Seen, first: Telling, second: Telling) -> str:
    """Why an end was told once more, as it may be where a crash or a time-out fell between a channel's taking the first
    and the record of that; empty: it may not."""
    between = [one for one in seen.interruptions if first.at - LATE <= one.at <= second.at]
    if any(one.wiped and one.at <= sealed_at(seen, first.end) + LATE for one in between):
        return "a wipe before the seal"
    if any(first.at <= one.at <= second.at and _recorded(one, first) for one in seen.rows(first.end)):
        return ""
    if any(one.at <= first.at + FUNCTION_LIMIT for one in between):
        return "a kill before the record"
    return "a time-out before the record" if second.at - first.at >= FUNCTION_LIMIT else ""


def _recorded(one: Written, telling: Telling) -> bool:
    told = one.row.deliveries.get(telling.channel)
    return one.row.ended and told is not None and told.state == "done"


def _forgotten(seen: Seen, end: End, first: Written) -> bool:
    """The ledger was wiped before the end was told; it comes again if its files still lie there."""
    sealed = sealed_at(seen, end)
    return any(one.wiped and first.at - LATE <= one.at <= sealed + LATE for one in seen.interruptions)


def _spared(seen: Seen, end: End, channel: str) -> bool:
    tolds = (one.row.deliveries.get(channel) for one in seen.rows(end))  # type: ignore[call-overload]
    if any(told is not None and told.state in ("skipped", "refused") for told in tolds):
        return True
    return channel == "result" and _written_over(seen, end)


def _written_over(seen: Seen, end: End) -> bool:
    """Its row says that its result file was written, and the next attempt's took its place before anybody looked."""
    tolds = [(one.at, one.row.deliveries.get("result")) for one in seen.rows(end)]
    done = min((at for at, told in tolds if told is not None and told.state == "done"), default=None)
    over = seen.told((end[0], end[1] + 1), "result")
    return done is not None and any(0 <= one.at - done <= LATE for one in over)


def _said(one: Written) -> tuple[object, ...]:
    row = one.row
    return row.stage, row.reason, tuple(image.id for image in row.images), row.ended_at


EVERY: tuple[Callable[[Seen], Iterator[Broken]], ...] = (
    *OF_IMAGES,
    every_drop_has_ended,
    every_end_is_told,
    none_is_told_twice_without_excuse,
    notices_say_what_the_ledger_says,
    ends_do_not_change,
    nothing_is_left,
)


def broken(seen: Seen) -> list[Broken]:
    return [one for check in EVERY for one in check(seen)]

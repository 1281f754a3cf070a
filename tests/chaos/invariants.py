"""What must hold in every run, whatever went wrong. Each check is pure: observation -> violations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from imagedrop.domain import object_keys
from imagedrop.domain.drop import CHANNELS, Channel
from tests.chaos.all_ended import end_marked_at, unfinished_drops
from tests.chaos.images import CHECKS as IMAGE_CHECKS
from tests.chaos.observation import End, Notice, Observation, RowWrite, Violation

SEEN_LATE = 1.5  # s; an end marker may have existed for so long before it was seen
FUNCTION_LIMIT = 60.0  # s; template.yaml: NotifyFunction


def every_end_is_notified(observed: Observation) -> Iterator[Violation]:
    for end, first in observed.ends().items():
        if _was_lost(observed, end, first):
            continue
        for channel in CHANNELS:
            if not observed.notices_of(end, channel) and not _is_not_needed(observed, end, channel):
                name = f"attempt {end[1]} of {first.row.key}, which is {first.row.stage}"
                yield Violation(end[0], f"no {channel} for {name}")


def no_notice_is_repeated_without_excuse(observed: Observation) -> Iterator[Violation]:
    for end, channel, first, second in observed.repeated_notices():
        if not excuse(observed, first, second):
            later = f"{second.at - first.at:.1f} s later"
            yield Violation(end[0], f"second {channel} for attempt {end[1]}, {later}, without an excuse")


def notices_match_the_ledger(observed: Observation) -> Iterator[Violation]:
    for notice in observed.notices:
        stages = {write.row.stage for write in observed.writes_of(notice.end) if write.row.ended}
        if notice.document is not None and notice.document["stage"] not in stages:
            stage = notice.document["stage"]
            yield Violation(notice.end[0], f"{notice.channel} says {stage}; the ledger says {sorted(stages)}")


def ends_do_not_change(observed: Observation) -> Iterator[Violation]:
    wipes = sorted(interruption.at for interruption in observed.interruptions if interruption.wiped)
    for end in observed.ends():
        writes = sorted((write for write in observed.writes_of(end) if write.row.ended), key=lambda write: write.at)
        for before, after in pairwise(writes):
            wiped = any(before.at - SEEN_LATE <= wipe <= after.at for wipe in wipes)
            if not wiped and _outcome(before) != _outcome(after):
                yield Violation(end[0], f"attempt {end[1]} was {before.row.stage}, and then {after.row.stage}")


def nothing_is_left(observed: Observation) -> Iterator[Violation]:
    for key in observed.objects:
        if object_keys.is_claim(key):
            yield Violation(key.removeprefix(object_keys.FOLDER).removesuffix(".json"), f"the claim {key} is left")
    for queue, count in observed.queued.items():
        if count:
            yield Violation(queue, f"{count} messages are left in {queue}")
    for queue, count in observed.dead_letters.items():
        if count:
            yield Violation(queue, f"{count} messages of {queue} are in the dead-letter queue")


def every_drop_has_ended(observed: Observation) -> Iterator[Violation]:
    for key, missing in unfinished_drops(observed).items():
        yield Violation(key, f"{key} {missing}")


def excuse(observed: Observation, first: Notice, second: Notice) -> str:
    """Why a second notice is correct: the first was sent, and a crash or a time-out prevented its record. Empty: it is
    not correct."""
    between = [stop for stop in observed.interruptions if first.at - SEEN_LATE <= stop.at <= second.at]
    marked_at = end_marked_at(observed, first.end)
    if any(stop.wiped and stop.at <= marked_at + SEEN_LATE for stop in between):
        return "a wipe before the end marker"
    writes = observed.writes_of(first.end)
    if any(first.at <= write.at <= second.at and _is_recorded(write, first.channel) for write in writes):
        return ""
    if any(stop.at <= first.at + FUNCTION_LIMIT for stop in between):
        return "a kill before the record"
    return "a time-out before the record" if second.at - first.at >= FUNCTION_LIMIT else ""


def _is_recorded(write: RowWrite, channel: Channel) -> bool:
    delivery = write.row.deliveries.get(channel)
    return write.row.ended and delivery is not None and delivery.state == "done"


def _was_lost(observed: Observation, end: End, first: RowWrite) -> bool:
    """The ledger was wiped before the end was notified. The drop ends again if its files are still there."""
    marked_at = end_marked_at(observed, end)
    return any(
        stop.wiped and first.at - SEEN_LATE <= stop.at <= marked_at + SEEN_LATE for stop in observed.interruptions
    )


def _is_not_needed(observed: Observation, end: End, channel: Channel) -> bool:
    deliveries = (write.row.deliveries.get(channel) for write in observed.writes_of(end))
    if any(delivery is not None and delivery.state in ("skipped", "refused") for delivery in deliveries):
        return True
    return channel == "result" and _was_overwritten(observed, end)


def _was_overwritten(observed: Observation, end: End) -> bool:
    """The row says that the result file was written, and the next attempt overwrote it before it was seen."""
    done = min((write.at for write in observed.writes_of(end) if _is_recorded(write, "result")), default=None)
    next_results = observed.notices_of((end[0], end[1] + 1), "result")
    return done is not None and any(0 <= result.at - done <= SEEN_LATE for result in next_results)


def _outcome(write: RowWrite) -> tuple[object, ...]:
    row = write.row
    return row.stage, row.reason, tuple(image.id for image in row.images), row.ended_at


CHECKS: tuple[Callable[[Observation], Iterator[Violation]], ...] = (
    *IMAGE_CHECKS,
    every_drop_has_ended,
    every_end_is_notified,
    no_notice_is_repeated_without_excuse,
    notices_match_the_ledger,
    ends_do_not_change,
    nothing_is_left,
)


def find_violations(observed: Observation) -> list[Violation]:
    return [violation for check in CHECKS for violation in check(observed)]

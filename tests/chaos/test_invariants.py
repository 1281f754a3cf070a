"""Each check passes for a good run and fails for an observation that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from imagedrop.common.timestamps import format_timestamp
from imagedrop.domain import drop as drops
from imagedrop.domain.drop import ChannelDelivery, Drop, DropImage, FileVersion, Reason
from imagedrop.workflow.bucket_records import end_markers, results
from imagedrop_local.memory import SettableClock
from tests.chaos import invariants
from tests.chaos.all_ended import unfinished_drops
from tests.chaos.invariants import find_violations
from tests.chaos.observation import BUCKET, Image, Interruption, Notice, Observation, RowWrite, Upload

KEY, ETAG, OTHER = "golden/w.qcow2", "e" * 32, "f" * 32
ID = drops.drop_id(BUCKET, KEY, ETAG)
WHEN = format_timestamp(SettableClock()())
START = SettableClock()().timestamp()
DONE = {channel: ChannelDelivery(state="done") for channel in drops.CHANNELS}
OBJECTS = {KEY: FileVersion(etag=ETAG, last_modified="1"), f"{KEY}.json": FileVersion(etag=OTHER, last_modified="2")}
Change = Callable[[Observation], object]


def row(**changes: Any) -> Drop:
    usual: dict[str, Any] = {
        "drop_id": ID,
        "bucket": BUCKET,
        "key": KEY,
        "etag": ETAG,
        "stage": "registered",
        "versions": OBJECTS,
        "images": (DropImage(role="system", id="image-1"),),
        "ended_at": WHEN,
        **dict.fromkeys(("received_at", "updated_at", "deadline_at"), WHEN),
    }
    return Drop(**usual | changes)


def notice(channel: Any, at: float, of: Drop | None = None) -> Notice:
    of = of or row()
    document = None if channel == "mail" else results.result_document(of)
    return Notice(START + at, channel, (of.drop_id, of.attempt), document=document)


def good() -> Observation:
    """One drop that was registered and notified."""
    image = Image("image-1", "active", ID, "system", START + 2, "job-1", KEY, ETAG)
    marker = end_markers.end_marker_key(row())
    return Observation(
        uploads=[Upload(START, KEY, ETAG, "image-1"), Upload(START, f"{KEY}.json", OTHER, "good")],
        writes=[
            RowWrite(START + 1, row(stage="accepted", images=(), ended_at=None)),
            RowWrite(START + 5, row()),
            RowWrite(START + 8, row(deliveries=DONE)),
        ],
        notices=[notice("result", 6), notice("sns", 6.5), notice("mail", 7)],
        images=[image],
        objects=OBJECTS | {marker: FileVersion(etag="", last_modified="3")},
        results={KEY: results.result_document(row())},
        end_markers={marker: START + 9},
        queued={"drops": 0},
        dead_letters={"drops": 0},
    )


def texts(observed: Observation) -> str:
    return "; ".join(violation.text for violation in find_violations(observed))


def test_good_run_has_no_violations() -> None:
    assert texts(good()) == ""


def test_later_attempt_needs_its_own_end_marker() -> None:
    observed, later = good(), row(attempt=2)
    observed.results[KEY] = results.result_document(later)
    assert unfinished_drops(observed) == {KEY: "has no end marker"}
    observed.objects[end_markers.end_marker_key(later)] = FileVersion(etag="", last_modified="9")
    assert unfinished_drops(observed) == {}


def _image(observed: Observation, **changes: Any) -> None:
    observed.images[0] = replace(observed.images[0], **changes)


def _image_of_another(observed: Observation) -> None:
    observed.uploads.append(Upload(START, KEY, OTHER, "image-2"))
    _image(observed, drop_id=drops.drop_id(BUCKET, KEY, OTHER))


def _second_image(observed: Observation) -> None:
    observed.images.append(replace(observed.images[0], id="image-2", submitted=START + 3))


def _repeated_after_record(observed: Observation) -> None:
    observed.notices.append(notice("sns", 90))
    observed.interruptions.append(Interruption(START + 30, "parent", wiped=False))  # after the record


def _long_after_kill(observed: Observation) -> None:
    del observed.writes[2]  # no record, and no kill that could explain it
    observed.notices.append(notice("mail", 20))


def _wiped_after_end_marker(observed: Observation) -> None:
    observed.notices.append(notice("mail", 90))
    observed.interruptions.append(Interruption(START + 60, "stack", wiped=True))


def _two_ends(observed: Observation) -> None:
    observed.writes.append(RowWrite(START + 10, row(stage="failed", reason=Reason(code="x", message="y"))))


BAD: dict[str, tuple[Change, str]] = {
    "a second image": (_second_image, "image image-2 is a second one"),
    "an image without a drop": (lambda observed: _image(observed, drop_id="x"), "has the tag of no drop"),
    "an image whose drop has not ended": (lambda observed: observed.writes.__delitem__(slice(1, 3)), "has not ended"),
    "a notice with a missing image": (lambda observed: observed.images.clear(), "image-1, which does not exist"),
    "a notice with an inactive image": (lambda observed: _image(observed, status="saving"), "which is saving"),
    "another drop's image": (_image_of_another, "is the image of"),
    "an image of other content": (lambda observed: _image(observed, etag=OTHER), f"was made from {OTHER}"),
    "a data image as system image": (lambda observed: _image(observed, role="data"), "is the data image"),
    "a drop without a result file": (lambda observed: observed.results.clear(), "has no result file"),
    "a result of other content": (
        lambda observed: observed.objects.update({KEY: FileVersion(etag=OTHER, last_modified="9")}),
        "has the result of",
    ),
    "a sidecar that was not read": (
        lambda observed: observed.objects.update({f"{KEY}.json": FileVersion(etag=ETAG, last_modified="9")}),
        "has a result with version",
    ),
    "a drop without an end marker": (
        lambda observed: observed.objects.pop(end_markers.end_marker_key(row())),
        "has no end marker",
    ),
    "an image file without a drop": (
        lambda observed: observed.objects.update({"golden/b.qcow2": FileVersion(etag=OTHER, last_modified="1")}),
        "golden/b.qcow2 has no result file",
    ),
    "no mail": (lambda observed: observed.notices.pop(), "no mail for attempt 1"),
    "no message": (lambda observed: observed.notices.pop(1), "no sns for attempt 1"),
    "no result": (lambda observed: observed.notices.pop(0), "no result for attempt 1"),
    "a second mail": (lambda observed: observed.notices.append(notice("mail", 7.5)), "second mail"),
    "a second message after the record": (_repeated_after_record, "second sns"),
    "a second mail without a kill": (_long_after_kill, "second mail"),
    "a second mail after the end marker": (_wiped_after_end_marker, "second mail"),
    "a notice of an unknown end": (
        lambda observed: observed.notices.append(notice("result", 6, row(stage="failed", attempt=2))),
        "result says failed; the ledger says []",
    ),
    "an end that changes": (_two_ends, "was registered, and then failed"),
    "a claim": (
        lambda observed: observed.objects.update({f".imagedrop/{ID}.json": FileVersion(etag="", last_modified="1")}),
        "is left",
    ),
    "a message": (lambda observed: observed.queued.update(polls=2), "2 messages are left in polls"),
    "a dead letter": (
        lambda observed: observed.dead_letters.update(drops=1),
        "1 messages of drops are in the dead-letter queue",
    ),
}


@pytest.mark.parametrize(("change", "text"), BAD.values(), ids=BAD)
def test_violation_is_found(change: Change, text: str) -> None:
    observed = good()
    change(observed)
    assert text in texts(observed)


def test_every_check_fails_for_one_of_these() -> None:
    failed = set()
    for change, _ in BAD.values():
        observed = good()
        change(observed)
        failed |= {check for check in invariants.CHECKS if list(check(observed))}
    assert failed == set(invariants.CHECKS)


def test_second_image_is_allowed_after_an_unknown_outcome() -> None:
    observed = good()
    unknown = Reason(code="ims.outcome_unknown", message="")
    first = row(stage="failed", reason=unknown, images=(), ended_at=format_timestamp(SettableClock()()))
    observed.writes.insert(1, RowWrite(START + 0.5, first.model_copy(update={"attempt": 0, "deliveries": DONE})))
    observed.images.append(replace(observed.images[0], id="image-0", submitted=START - 10))
    assert "second one" not in texts(observed)
    _image(observed, submitted=START - 5)  # both were submitted before that end
    assert "second one" in texts(observed)


@pytest.mark.parametrize(
    ("stop", "record", "why"),
    [
        (Interruption(START + 7.2, "parent", wiped=False), False, "a kill before the record"),
        (Interruption(START + 8.5, "stack", wiped=True), True, "a wipe before the end marker"),
        (None, False, "a time-out before the record"),
    ],
)
def test_second_mail_is_excused(stop: Interruption | None, record: bool, why: str) -> None:
    observed = good()
    if not record:
        del observed.writes[2]
    observed.interruptions = [stop] if stop else []
    observed.notices.append(notice("mail", 190))
    assert texts(observed) == ""
    first, second = observed.notices_of((ID, 1), "mail")
    assert invariants.excuse(observed, first, second) == why


def test_end_lost_before_its_notice_needs_no_notice() -> None:
    observed = good()
    observed.writes.append(RowWrite(START + 20, row(attempt=2)))
    assert "no mail for attempt 2" in texts(observed)
    observed.interruptions = [Interruption(START + 21, "stack", wiped=True)]
    observed.end_markers = dict.fromkeys(observed.end_markers, START + 30)
    assert "attempt 2" not in texts(observed)


@pytest.mark.parametrize(("after", "allowed"), [(0.2, True), (3, False)])  # s after the first result was recorded
def test_result_may_be_missing_if_the_next_attempt_overwrote_it_at_once(after: float, allowed: bool) -> None:
    observed = good()
    observed.notices[0] = notice("result", 8 + after, row(attempt=2))
    assert bool(list(invariants.every_end_is_notified(observed))) is not allowed


def test_data_file_is_not_a_drop() -> None:
    observed = good()
    data = FileVersion(etag=OTHER, last_modified="4")
    observed.objects["golden/data.qcow2"] = data
    assert "golden/data.qcow2 has no result file" in texts(observed)
    observed.results[KEY]["versions"]["golden/data.qcow2"] = data.model_dump()
    assert "golden/data.qcow2" not in "".join(violation.about for violation in find_violations(observed))

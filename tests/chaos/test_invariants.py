"""Each invariant holds of a good run, and sees the observation that breaks it."""

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
from tests.chaos.all_ended import unsettled
from tests.chaos.invariants import broken
from tests.chaos.observation import BUCKET, Image, Interruption, Put, Seen, Telling, Written

KEY, ETAG, OTHER = "golden/w.qcow2", "e" * 32, "f" * 32
ID = drops.drop_id(BUCKET, KEY, ETAG)
WHEN = format_timestamp(SettableClock()())
START = SettableClock()().timestamp()
DONE = {channel: ChannelDelivery(state="done") for channel in drops.CHANNELS}
OBJECTS = {KEY: FileVersion(etag=ETAG, last_modified="1"), f"{KEY}.json": FileVersion(etag=OTHER, last_modified="2")}
Change = Callable[[Seen], object]


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


def telling(channel: Any, at: float, of: Drop | None = None, to: str = "") -> Telling:
    of = of or row()
    document = None if channel == "mail" else results.result_document(of)
    return Telling(START + at, channel, (of.drop_id, of.attempt), to, document)


def good() -> Seen:
    """One drop that was registered and told of, second by second."""
    image = Image("image-1", "active", ID, "system", START + 2, "job-1", KEY, ETAG)
    seal = end_markers.end_marker_key(row())
    return Seen(
        puts=[Put(START, KEY, ETAG, "image-1"), Put(START, f"{KEY}.json", OTHER, "good")],
        written=[
            Written(START + 1, row(stage="accepted", images=(), ended_at=None)),
            Written(START + 5, row()),
            Written(START + 8, row(deliveries=DONE)),
        ],
        tellings=[telling("result", 6), telling("sns", 6.5), telling("mail", 7)],
        images=[image],
        objects=OBJECTS | {seal: FileVersion(etag="", last_modified="3")},
        results={KEY: results.result_document(row())},
        seals={seal: START + 9},
        queued={"drops": 0},
        dead={"drops": 0},
    )


def said(seen: Seen) -> str:
    return "; ".join(one.text for one in broken(seen))


def test_nothing_is_broken_in_a_good_run() -> None:
    assert said(good()) == ""


def test_a_later_attempt_has_a_seal_of_its_own() -> None:
    seen, later = good(), row(attempt=2)
    seen.results[KEY] = results.result_document(later)
    assert unsettled(seen) == {KEY: "has no seal"}
    seen.objects[end_markers.end_marker_key(later)] = FileVersion(etag="", last_modified="9")
    assert unsettled(seen) == {}


def _image(seen: Seen, **changes: Any) -> None:
    seen.images[0] = replace(seen.images[0], **changes)


def _image_of_another(seen: Seen) -> None:
    seen.puts.append(Put(START, KEY, OTHER, "image-2"))
    _image(seen, drop_id=drops.drop_id(BUCKET, KEY, OTHER))


def _second_image(seen: Seen) -> None:
    seen.images.append(replace(seen.images[0], id="image-2", submitted=START + 3))


def _recorded_twice(seen: Seen) -> None:
    seen.tellings.append(telling("sns", 90))
    seen.interruptions.append(Interruption(START + 30, "parent", wiped=False))  # after the record


def _long_after_a_kill(seen: Seen) -> None:
    del seen.written[2]  # no record, and a kill that came too late to be to blame
    seen.tellings.append(telling("mail", 20))


def _wiped_after_the_seal(seen: Seen) -> None:
    seen.tellings.append(telling("mail", 90))
    seen.interruptions.append(Interruption(START + 60, "stack", wiped=True))


def _two_ends(seen: Seen) -> None:
    seen.written.append(Written(START + 10, row(stage="failed", reason=Reason(code="x", message="y"))))


BAD: dict[str, tuple[Change, str]] = {
    "a second image": (_second_image, "image image-2 is a second one"),
    "an image of nothing that was dropped": (lambda seen: _image(seen, drop_id="x"), "carries the tag of no drop"),
    "an image whose drop never ended": (lambda seen: seen.written.__delitem__(slice(1, 3)), "has never ended"),
    "a notice of an image that is not there": (lambda seen: seen.images.clear(), "image-1, which is not there"),
    "a notice of an image that is not active": (lambda seen: _image(seen, status="saving"), "which is saving"),
    "another drop's image": (
        _image_of_another,
        "is the image of",
    ),
    "an image of other content": (lambda seen: _image(seen, etag=OTHER), f"was made of {OTHER}"),
    "a data image for a system image": (lambda seen: _image(seen, role="data"), "is the data image"),
    "a drop without a result file": (lambda seen: seen.results.clear(), "has no result file"),
    "a result of other content": (
        lambda seen: seen.objects.update({KEY: FileVersion(etag=OTHER, last_modified="9")}),
        "has the result of",
    ),
    "a sidecar that nobody has read": (
        lambda seen: seen.objects.update({f"{KEY}.json": FileVersion(etag=ETAG, last_modified="9")}),
        "has a result that tells of",
    ),
    "a drop without a seal": (lambda seen: seen.objects.pop(end_markers.end_marker_key(row())), "has no seal"),
    "an image that nobody has looked at": (
        lambda seen: seen.objects.update({"golden/b.qcow2": FileVersion(etag=OTHER, last_modified="1")}),
        "golden/b.qcow2 has no result file",
    ),
    "an owner who was not told": (lambda seen: seen.tellings.pop(), "no mail told that attempt 1"),
    "machines that were not told": (lambda seen: seen.tellings.pop(1), "no sns told that attempt 1"),
    "a result that nobody wrote": (lambda seen: seen.tellings.pop(0), "no result told that attempt 1"),
    "a second mail": (lambda seen: seen.tellings.append(telling("mail", 7.5)), "mail told twice"),
    "a second message after the record": (_recorded_twice, "sns told twice"),
    "a second mail without a kill": (_long_after_a_kill, "mail told twice"),
    "a second mail though all was sealed": (_wiped_after_the_seal, "mail told twice"),
    "a notice that the ledger knows nothing of": (
        lambda seen: seen.tellings.append(telling("result", 6, row(stage="failed", attempt=2))),
        "result says failed; the ledger says []",
    ),
    "an end that changes": (_two_ends, "was registered, and then failed"),
    "a claim": (
        lambda seen: seen.objects.update({f".imagedrop/{ID}.json": FileVersion(etag="", last_modified="1")}),
        "is left",
    ),
    "a message": (lambda seen: seen.queued.update(polls=2), "2 messages are left in polls"),
    "poison": (lambda seen: seen.dead.update(drops=1), "1 messages of drops were given up"),
}


@pytest.mark.parametrize(("change", "text"), BAD.values(), ids=BAD)
def test_it_is_seen(change: Change, text: str) -> None:
    seen = good()
    change(seen)
    assert text in said(seen)


def test_every_invariant_is_broken_by_one_of_these() -> None:
    blamed = set()
    for change, _ in BAD.values():
        seen = good()
        change(seen)
        blamed |= {check for check in invariants.EVERY if list(check(seen))}
    assert blamed == set(invariants.EVERY)


def test_a_second_image_is_excused_by_an_unknown_outcome_before_it() -> None:
    seen = good()
    unknown = Reason(code="ims.outcome_unknown", message="")
    first = row(stage="failed", reason=unknown, images=(), ended_at=format_timestamp(SettableClock()()))
    seen.written.insert(1, Written(START + 0.5, first.model_copy(update={"attempt": 0, "deliveries": DONE})))
    seen.images.append(replace(seen.images[0], id="image-0", submitted=START - 10))
    assert "second one" not in said(seen)
    _image(seen, submitted=START - 5)  # both were asked for before that end
    assert "second one" in said(seen)


@pytest.mark.parametrize(
    ("stop", "record", "why"),
    [
        (Interruption(START + 7.2, "parent", wiped=False), False, "a kill before the record"),
        (Interruption(START + 8.5, "stack", wiped=True), True, "a wipe before the seal"),
        (None, False, "a time-out before the record"),
    ],
)
def test_a_second_mail_is_excused(stop: Interruption | None, record: bool, why: str) -> None:
    seen = good()
    if not record:
        del seen.written[2]
    seen.interruptions = [stop] if stop else []
    seen.tellings.append(telling("mail", 190))
    assert said(seen) == ""
    first, second = seen.told((ID, 1), "mail")
    assert invariants.excuse(seen, first, second) == why


def test_an_end_that_a_wipe_took_before_it_was_told_need_not_be_told() -> None:
    seen = good()
    seen.written.append(Written(START + 20, row(attempt=2)))
    assert "no mail told that attempt 2" in said(seen)
    seen.interruptions = [Interruption(START + 21, "stack", wiped=True)]
    seen.seals = dict.fromkeys(seen.seals, START + 30)
    assert "attempt 2" not in said(seen)


@pytest.mark.parametrize(("after", "spared"), [(0.2, True), (3, False)])  # s from the record that it was written
def test_a_result_need_not_have_been_seen_that_the_next_attempts_took_the_place_of_at_once(
    after: float, spared: bool
) -> None:
    seen = good()
    seen.tellings[0] = telling("result", 8 + after, row(attempt=2))
    untold = [one.text for one in invariants.every_end_is_told(seen)]
    assert bool(untold) is not spared


def test_a_data_file_is_no_drop_of_its_own() -> None:
    seen = good()
    data = FileVersion(etag=OTHER, last_modified="4")
    seen.objects["golden/data.qcow2"] = data
    assert "golden/data.qcow2 has no result file" in said(seen)
    seen.results[KEY]["versions"]["golden/data.qcow2"] = data.model_dump()
    assert "golden/data.qcow2" not in "".join(one.about for one in broken(seen))

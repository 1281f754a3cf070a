"""Bugs, planted one at a time into the running code: each is one that the histories must find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from imagedrop import batch, endings, polling, records, registration, telling, validation
from imagedrop import drop as drops
from imagedrop.drop import Channel, Drop
from imagedrop.pairing import Files
from imagedrop.ports import Image, ObjectChanged, Ports
from imagedrop.sweep import driving
from imagedrop.times import later, stamp
from imagedrop.validation import judging
from imagedrop_local.memory import MemoryLedger, MemoryObjects

Plant = Callable[[pytest.MonkeyPatch], None]


def _no_look_up(patch: pytest.MonkeyPatch) -> None:
    """An unknown outcome is taken for a no, and the call is sent again."""
    judge = registration.judge

    def hasty(*arguments: Any) -> registration.Step:
        step = judge(*arguments)
        return registration.Step.START if step is registration.Step.LOOK_UP else step

    patch.setattr(registration, "judge", hasty)


def _not_found_proves_it(patch: pytest.MonkeyPatch) -> None:
    """After 20 minutes the call is sent again, though IMS may hide an import while it runs."""
    may = registration.may_send_again
    shown = {"ims_shows_imports": True}
    patch.setattr(registration, "may_send_again", lambda row, now, s: may(row, now, s.model_copy(update=shown)))


def _sent_again_too_soon(patch: pytest.MonkeyPatch) -> None:
    """The first request's signature is still good when the second is sent."""
    may = registration.may_send_again
    soon = {"resend_after": 100}
    patch.setattr(registration, "may_send_again", lambda row, now, s: may(row, now, s.model_copy(update=soon)))


def _no_claim(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(records, "claim", lambda objects, row: None)


def _no_etag(patch: pytest.MonkeyPatch) -> None:
    """Whatever content lies at a key is the same drop."""
    drop_id = drops.drop_id
    patch.setattr(drops, "drop_id", lambda bucket, key, etag: drop_id(bucket, key, ""))


def _rows_written_blindly(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryLedger, "_check", lambda self, drop: None)


def _replacement_unnoticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(polling, "_changed", lambda ports, row: None)


def _doubtful_image_taken(patch: pytest.MonkeyPatch) -> None:
    def own(ports: Ports, row: Drop) -> list[Image]:
        return list(ports.images.by_tag(registration.TAG, row.drop_id))

    patch.setattr(registration, "own", own)
    patch.setattr(polling, "own", own)


def _foreign_image_taken(patch: pytest.MonkeyPatch) -> None:
    """Whatever was made of this key under this name is ours."""

    def find(ports: Ports, row: Drop) -> tuple[list[Image], list[Image]]:
        origin = f"file,{row.bucket}:{row.key}"
        named = ports.images.by_name(str((row.request or {})["name"]))
        return [image for image in named if image.origin == origin and image.status not in registration.GONE], []

    settle = polling._settle

    def blind(ports: Ports, row: Drop, found: Any, *, trusted: bool) -> None:
        settle(ports, row, [_retagged(image, row) for image in found], trusted=trusted)

    patch.setattr(registration, "find", find)
    patch.setattr(polling, "_settle", blind)


def _retagged(image: Image, row: Drop) -> Image:
    return Image(
        image.id,
        image.name,
        image.status,
        image.min_disk,
        image.created_at,
        {registration.TAG: row.drop_id},
        image.origin,
        image.data_disk,
    )


def _told_before_it_is_sent(patch: pytest.MonkeyPatch) -> None:
    """The row says that a channel is done before it is."""
    record = telling._record

    def early(ports: Ports, row: Drop, channel: Channel, state: Any, note: str | None = None) -> Drop:
        return record(ports, row, channel, "done" if state == "sending" else state, note)

    patch.setattr(telling, "_record", early)


def _sent_before_it_is_claimed(patch: pytest.MonkeyPatch) -> None:
    """Two workers use a channel side by side."""

    def use(ports: Ports, row: Drop, channel: Channel) -> tuple[Drop, Exception | None]:
        told = row.told.get(channel)
        if told is not None and told.state in ("done", "skipped", "refused"):
            return row, None
        state, note = telling._send(ports, row, channel, again=False)
        return telling._record(ports, row, channel, state, note), None

    patch.setattr(telling, "_use", use)


def _untold_end_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A new attempt begins before the last one's end is told."""

    def at_once(look: Any, row: Drop, redriven: bool = False) -> None:
        again = drops.again(row, look.ports.clock(), look.ports.settings.pairing_deadline)
        endings.look_again(look.ports, look.ports.ledger.save(again))

    patch.setattr(validation._Look, "_untold", at_once)


def _deadline_starts_again(patch: pytest.MonkeyPatch) -> None:
    """Every look at a job gives it more time."""
    wait = polling._wait

    def patient(ports: Ports, row: Drop, held: Any = None) -> None:
        more = later(stamp(ports.clock()), ports.settings.attempt_deadline)
        wait(ports, row.model_copy(update={"deadline_at": more}), held)

    patch.setattr(polling, "_wait", patient)


def _live_drops_driven(patch: pytest.MonkeyPatch) -> None:
    """The sweep drives what is on its way, until it gives it up."""
    patch.setattr(driving, "seconds_between", lambda *_: 1e9)


def _handed_off_before_it_is_saved(patch: pytest.MonkeyPatch) -> None:
    """The message that follows the job goes out before the job's id is in the ledger."""
    save, hand_on = drops.importing, endings.hand_on

    def early(row: Drop, now: datetime, **more: Any) -> Drop:
        following = save(row, now, **more)
        hand_on(HANDS[-1], following)
        return following

    patch.setattr(drops, "importing", early)
    patch.setattr(registration, "register", _with_hands(registration.register))
    patch.setattr(
        endings, "hand_on", lambda ports, row, delay=0: row.stage == "importing" or hand_on(ports, row, delay)
    )


HANDS: list[Ports] = []


def _with_hands(run: Callable[..., None]) -> Callable[..., None]:
    def register(ports: Ports, *arguments: Any) -> None:
        HANDS.append(ports)
        run(ports, *arguments)

    return register


def _told_before_the_ledger_knows(patch: pytest.MonkeyPatch) -> None:
    """An end is told to machines, and only then written down."""
    finish = endings.finish

    def early(ports: Ports, row: Drop, stage: Any, reason: Any, **more: Any) -> Drop:
        telling._publish(ports, drops.end(row, ports.clock(), stage, reason, **more))
        return finish(ports, row, stage, reason, **more)

    patch.setattr(endings, "finish", early)


def _older_attempt_obeyed(patch: pytest.MonkeyPatch) -> None:
    judge = registration.judge

    def whichever(row: Drop | None, attempt: int, now: datetime) -> registration.Step:
        return judge(row, row.attempt if row else attempt, now)

    patch.setattr(registration, "judge", whichever)


def _older_generation_obeyed(patch: pytest.MonkeyPatch) -> None:
    judge = polling.judge

    def whichever(row: Drop | None, attempt: int, generation: int, now: datetime) -> polling.Step:
        return judge(row, attempt, row.generation if row else generation, now)

    patch.setattr(polling, "judge", whichever)


def _swapped_sidecar_unnoticed(patch: pytest.MonkeyPatch) -> None:
    """What lies there at the end of the inspection is said to have been judged, whatever was read at its beginning."""
    judge = judging.judge

    def late(ports: Ports, row: Drop, files: Files) -> None:
        for head in files.present():
            judging._subject(ports, row, head, files)
        heads = {key: ports.objects.head(row.bucket, key) for key in files.heads}
        judge(ports, row, replace(files, heads=heads))

    patch.setattr(judging, "judge", late)


def _no_if_match(patch: pytest.MonkeyPatch) -> None:
    """The inspection reads on, whatever lies there by now."""

    def read(objects: MemoryObjects, bucket: str, key: str, etag: str, offset: int, length: int) -> bytes:
        with objects._call("read"):
            body = objects.body(bucket, key)
        if body is None:
            raise ObjectChanged(key)
        return body[offset : offset + length]

    patch.setattr(MemoryObjects, "read", read)


def _no_second_look_at_the_files(patch: pytest.MonkeyPatch) -> None:
    """A drop is asked for as it was judged, though its image has been replaced since."""
    patch.setattr(registration, "_still_as_judged", lambda ports, row: True)


def _clocks_are_one(patch: pytest.MonkeyPatch) -> None:
    """An image that IMS's slower clock dates before the request is taken for nobody's."""
    patch.setattr(registration, "CLOCKS_APART", 0.0)


def _whole_batches_are_believed_in(patch: pytest.MonkeyPatch) -> None:
    """An unreadable message is put back for ever."""
    patch.setattr(batch, "UNREADABLE", 10**9)


def _counted_from_one(patch: pytest.MonkeyPatch) -> None:
    """A ledger that was lost begins to count attempts anew."""
    patch.setattr(records, "last_attempt", lambda *_: 0)


def _old_redrive_obeyed(patch: pytest.MonkeyPatch) -> None:
    """A message that sets an older attempt going again sets the newest going."""
    dropped_again = validation._Look._dropped_again

    def whichever(look: Any, row: Drop, files: Any) -> Drop | None:
        look.after_attempt = row.attempt if look.after_attempt is not None else None
        return dropped_again(look, row, files)

    patch.setattr(validation._Look, "_dropped_again", whichever)


# name -> (the bug, the climate that it is found in soonest)
BUGS: Mapping[str, tuple[Plant, Mapping[str, Any]]] = {
    "no look-up after an unknown outcome": (_no_look_up, {}),
    "not found is taken as proof": (_not_found_proves_it, {"ims_shows_imports": False, "trouble": 0.8}),
    "sent again while the first may be accepted": (_sent_again_too_soon, {"ims_shows_imports": True, "trouble": 0.8}),
    "no claim in the bucket": (_no_claim, {"ims_shows_imports": False, "calm": 3600.0}),
    "no ETag in the drop id": (_no_etag, {}),
    "rows written whatever their revision": (_rows_written_blindly, {}),
    "a replaced object goes unnoticed": (_replacement_unnoticed, {}),
    "a doubtful image is taken": (_doubtful_image_taken, {"calm": 720.0}),
    "another drop's image is taken by its origin": (_foreign_image_taken, {"trouble": 0.8, "lost": 0.0}),
    "told is written before it is true": (_told_before_it_is_sent, {}),
    "channels are used without a claim": (_sent_before_it_is_claimed, {}),
    "an attempt begins before the last is told": (_untold_end_forgotten, {}),
    "every look restarts the deadline": (_deadline_starts_again, {}),
    "the sweep drives live drops": (_live_drops_driven, {}),
    "the job's id is saved only after the hand-off": (_handed_off_before_it_is_saved, {"pause": 0.2, "crash": 0}),
    "a notice goes out before the ledger knows": (_told_before_the_ledger_knows, {}),
    "a message of an older attempt is obeyed": (_older_attempt_obeyed, {}),
    "a message of an older generation is obeyed": (_older_generation_obeyed, {}),
    "a sidecar that is swapped in mid-validation goes unnoticed": (_swapped_sidecar_unnoticed, {}),
    "If-Match is lost": (_no_if_match, {"pause": 0.2}),
    "files are not looked at again before the call": (_no_second_look_at_the_files, {}),
    "two clocks are taken for one": (_clocks_are_one, {"ims_shows_imports": True, "ims_tags_early": False}),
    "a message that nobody can read circles": (_whole_batches_are_believed_in, {}),
    "a lost ledger counts attempts anew": (_counted_from_one, {}),
    "a redrive of an older attempt is obeyed": (_old_redrive_obeyed, {"pause": 0.04}),
}

"""Named situations that must have happened in 2,000 histories. If one never did, a change of the simulation or of the
code has made it impossible, and nothing is proved about it any more.

They are recognized from rows, from lines of the history and from the ports, never by the code that is tested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from imagedrop.domain import object_keys
from imagedrop.domain.drop import LIVE, OBJECT_REPLACED, Drop
from imagedrop.ports import Conflict
from tests.simulation.workers import Worker

if TYPE_CHECKING:
    from tests.simulation.histories import History

NEEDED_AFTER = 2000  # histories in which each situation must have happened

# A line of the history has this text.
LINES: Mapping[str, str] = {
    "a request of CreateImage is lost": "IMS: CreateImage, the request is lost",
    "a request of CreateImage arrives late": "IMS: CreateImage, the request arrives late",
    "a response of CreateImage is lost": "IMS: CreateImage, the response is lost",
    "CreateImage gets 503 and was accepted": "IMS: CreateImage, 503",
    "a late request of CreateImage is accepted": "\nIMS: job ",
    "a late request of CreateImage is refused": "\nIMS: refused, the response is lost",
    "IMS has no free task (IMG.0060)": "IMG.0060",
    "the image quota is used up (IMG.0015)": "IMG.0015",
    "an image name is taken (IMG.0009)": "IMG.0009",
    "IMS throttles calls": "throttl",
    "a worker pauses for longer than its function may run": "pauses for 200 s",
    "SNS fails": "topic.publish fails",
    "OBS is down": "OBS is down",
    "OBS denies access": "OBS denies access",
    "IMS is down": "IMS is down",
    "IMS denies access": "IMS denies access",
    "keys of IMS are no longer valid": "is no longer valid",
    "keys of IMS are read again and work": "are read again: other ones",
    "a request was signed with keys that expired on its way": "the response is lost: APIGW.0301",
    "a listing of the bucket lags": "a listing of ",
    "a listing of images has several pages": "a listing has another page",
    "a write to OBS lands after its worker's death": "lands late: put",
    "a deletion in OBS lands after its worker's death": "lands late: delete",
    "a write of the ledger is repeated after a success": "ledger.save is repeated",
    "somebody edits the tags of an image": "somebody changes tags",
    "a message is given to two workers": "is also given to another worker",
    "the queues are emptied": "\nwipe queues",
    "the ledger is lost": "\nwipe ledger",
    "the ledger is restored from a backup": "\nrestore ledger",
    "a second installation tries to register": "\nother installation",
    "an older version of a file is back": "an older version is back",
}

Change = Callable[[Drop, Drop], bool]

# A row was written: before, after. A new row is compared with itself.
ROWS: Mapping[str, Change] = {
    "CreateImage is called again after an unknown outcome": lambda old, new: new.sends > old.sends > 0,
    "a job is restarted after a temporary error": lambda old, new: new.restarts > old.restarts,
    "a drop is queued for a task of IMS": lambda old, new: new.admission == "queued",
    "a drop that waits for an operator yields its task": lambda old, new: (
        old.held is not None and old.admission == "called" and new.admission == "queued"
    ),
    "a drop waits for an operator": lambda old, new: new.held is not None and old.held is None,
    "a drop goes on after an operator has acted": lambda old, new: (
        old.held is not None and new.held is None and not new.ended
    ),
    "newer content waits for older content": lambda old, new: new.blocked_by is not None,
    "a drop is parked": lambda old, new: new.parked and not old.parked,
    "a parked drop comes back": lambda old, new: old.parked and not new.parked,
    "the sweep redrives a drop": lambda old, new: new.redrives > old.redrives,
    "a sidecar waits too long for its image": lambda old, new: _reason(new) == "pair.image_missing",
    "a drop waits too long for its data file": lambda old, new: _reason(new) == "pair.part_missing",
    "the deadline passes before the call": lambda old, new: _reason(new) == "deadline",
    "the deadline passes with an unknown outcome": lambda old, new: _reason(new) == "ims.outcome_unknown",
    "the deadline passes during the import": lambda old, new: _reason(new) == "import.deadline",
    "an image is replaced during the import": lambda old, new: (
        _reason(new) == OBJECT_REPLACED and old.stage == "importing"
    ),
    "an image is replaced before the call": lambda old, new: (
        _reason(new) == OBJECT_REPLACED and old.stage in ("accepted", "submitting")
    ),
    "an image has another drop's tag": lambda old, new: _reason(new) == "ims.foreign_image",
    "an image is deleted before its drop is registered": lambda old, new: _reason(new) == "ims.import_failed",
    "an image is disowned": lambda old, new: len(new.disowned_images) > len(old.disowned_images),
    "a drop is registered with data images": lambda old, new: new.stage == "registered" and len(new.images) > 1,
    "a registered drop is answered with its image": lambda old, new: (
        old.stage == new.stage == "registered" and new.attempt > old.attempt
    ),
    "a drop is dropped again after its end": lambda old, new: old.ended and new.stage == "waiting",
    "a sidecar changes before the call": lambda old, new: old.stage in LIVE and new.stage == "waiting",
    "a mail is refused": lambda old, new: _delivery(new) == "refused",
    "a mail is over the limit of an hour": lambda old, new: _delivery(new) == "skipped",
    "the owner is told that a drop is late": lambda old, new: new.late != old.late,
}

# Recognized by Situations itself.
OTHERS = (
    "a drop is recovered from its claim",
    "a drop is recovered from its result file",
    "an image is adopted by its tag",
    "an image is adopted by its origin",
    "two workers write one row",
    "an end is mailed twice after a crash",
    "a result file of newer content is restored",
    "a worker dies between CreateImage and saving the job id",
    "a sidecar is replaced during its validation",
    "a listing of the bucket has several pages",
    "a failed image stays in IMS",
    "the operator is told of images without a sidecar",
)
NAMES = (*LINES, *ROWS, *OTHERS)


class Situations:
    """Those of one history. `seen`: their names."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.seen: set[str] = set()
        self._writers: dict[str, Worker | None] = {}  # drop -> who has written its row last
        self._observe_ports()

    def finish(self) -> None:
        text = "\n" + "\n".join(line.strip() if ": " in line[:60] else line for _, line in self._history.lines)
        self.seen |= {name for name, part in LINES.items() if part in text}
        if any(self._dies_after_call()):
            self.seen.add("a worker dies between CreateImage and saving the job id")
        if any(image["status"] == "killed" for image in self._history.ims.all_images().values()):
            self.seen.add("a failed image stays in IMS")
        if any(mail.subject.endswith("without a sidecar") for mail in self._history.ports.mail.sent):
            self.seen.add("the operator is told of images without a sidecar")
        if self._history.checks.notices.mailed_twice():
            self.seen.add("an end is mailed twice after a crash")

    def _dies_after_call(self) -> Iterator[bool]:
        calls: set[str] = set()  # workers that have just started a job
        for _, line in self._history.lines:
            worker, _, text = line.partition(": ")
            if text.startswith("IMS: job"):
                calls.add(worker)
            elif worker in calls:
                calls.discard(worker)
                yield text.startswith("crashes")

    def row_written(self, before: Drop | None, after: Drop, worker: Worker | None) -> None:
        old = before or after
        self.seen |= {name for name, is_seen in ROWS.items() if name not in self.seen and is_seen(old, after)}
        if before is None and after.stage in LIVE:
            self.seen.add("a drop is recovered from its claim")
        if before is None and after.ended:
            self.seen.add("a drop is recovered from its result file")
        if after.stage == "importing" and old.stage != "importing" and after.images:
            tagged = self._history.ims.visible_image_ids(after.drop_id)
            by_tag = {image.id for image in after.images} <= tagged
            self.seen.add(f"an image is adopted by its {'tag' if by_tag else 'origin'}")
        self._see_replaced_sidecar(old, after, worker)
        self._writers[after.drop_id] = worker

    def _see_replaced_sidecar(self, old: Drop, new: Drop, worker: Worker | None) -> None:
        sidecar = object_keys.sidecar_key(new.key)
        read, now = old.versions.get(sidecar), new.versions.get(sidecar)
        if worker and worker is self._writers.get(new.drop_id) and worker.name == "validate" and read and read != now:
            self.seen.add("a sidecar is replaced during its validation")

    def _observe_ports(self) -> None:
        ledger, objects, workers = self._history.ports.ledger, self._history.ports.objects, self._history.workers
        save, list_page, upload = ledger.save, objects.list, objects.upload

        def save_row(drop: Drop) -> Drop:
            try:
                return save(drop)
            except Conflict:
                self.seen.add("two workers write one row")
                raise

        def list_keys(bucket: str, prefix: str = "", after: str | None = None) -> object:
            page = list_page(bucket, prefix, after)
            if after is not None:
                self.seen.add("a listing of the bucket has several pages")
            return page

        def put_object(bucket: str, key: str, *arguments: object, **more: object) -> object:
            if workers.current is not None and workers.current.name == "validate":
                self._validate_writes(key)
            return upload(bucket, key, *arguments, **more)  # type: ignore[arg-type]

        ledger.save, objects.list, objects.upload = save_row, list_keys, put_object  # type: ignore

    def _validate_writes(self, key: str) -> None:
        """Validation writes to the bucket only what slow or dead workers have spoiled."""
        if key.endswith(object_keys.RESULT_SUFFIX):
            self.seen.add("a result file of newer content is restored")


def table(counts: Counter[str]) -> str:
    """For the end of a run and for docs/internals/proof.md."""
    return "\n".join(f"{counts[name]:>8,}  {name}" for name in sorted(NAMES, key=lambda name: (-counts[name], name)))


def never_seen(counts: Counter[str]) -> list[str]:
    return [name for name in NAMES if not counts[name]]


def _reason(row: Drop) -> str:
    return row.reason.code if row.reason else ""


def _delivery(row: Drop) -> str:
    mail = row.deliveries.get("mail")
    return mail.state if mail else ""

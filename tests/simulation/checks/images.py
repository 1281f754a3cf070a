"""At most one image per drop, made from the drop's own content."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from imagedrop.domain.drop import OBJECT_REPLACED, Drop
from tests.simulation.checks.history_record import HistoryRecord, describe
from tests.simulation.ims_network import Import, ImsNetwork
from tests.simulation.workers import Worker

# An attempt that ended for one of these reasons may have left an image that nobody could see then.
UNKNOWN = frozenset({"ims.outcome_unknown", "import.deadline", "internal"})


class ImageChecks:
    def __init__(self, record: HistoryRecord, ims: ImsNetwork) -> None:
        self._record, self._ims = record, ims
        self._uploads: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)  # key -> (time, ETag)
        self._outcome_unknown: set[str] = set()  # drops of which an attempt ended without knowing the outcome
        self._disowned: set[str] = set()  # images whose content is unknown, as an end has said
        self._visible: dict[Worker, set[str]] = {}  # the images that a register could find when it started
        ims.on_import = self._check_single

    def uploaded(self, key: str, etag: str) -> None:
        self._uploads[key].append((self._record.clock.seconds(), etag))

    def worker_starts(self, worker: Worker) -> None:
        if worker.name == "register":
            self._visible[worker] = self._ims.visible_image_ids(str(worker.body.get("drop_id")))

    def stage_changed(self, row: Drop) -> None:
        reason = row.reason.code if row.reason else ""
        if row.ended and reason in UNKNOWN:
            self._outcome_unknown.add(row.drop_id)
        if row.ended and reason == OBJECT_REPLACED:
            self._disowned |= {image.id for image in row.images}
        if row.stage == "registered":
            self._check_registered(row)

    def _check_single(self, new: Import) -> None:
        worker = self._ims._workers.current
        visible = self._visible.get(worker, set()) if worker else set()
        for earlier in self._ims.imports:
            if earlier.drop_id != new.drop_id or earlier is new or not self._ims.may_become_active(earlier):
                continue
            if self._disowned & set(earlier.image_ids):
                continue
            was_visible = bool(visible & set(earlier.image_ids[:1])) and not self._record.wipes
            if new.drop_id not in self._outcome_unknown or was_visible:
                state = "visible" if was_visible else "in progress"
                jobs = f"job {new.job['id'][:6]} makes a second image; job {earlier.job['id'][:6]} is {state}"
                self._record.fail(f"{new.drop_id[:6]}: {jobs}")

    # --- the content

    def _check_registered(self, row: Drop) -> None:
        fail, images = self._record.fail, self._ims.all_images()
        if not row.images:
            fail(f"{describe(row)} is registered without an image")
        for named in row.images:
            source = next((accepted for accepted in self._ims.imports if named.id in accepted.image_ids), None)
            image = images.get(named.id)
            if source is None:
                fail(f"{describe(row)} is registered as {named.id}, which IMS never made")
                continue
            if image is None or image["status"] == "deleted":
                continue  # deleted after this end, whose row was lost and restored
            if named.id in self._disowned and not self._record.wipes:
                fail(f"{describe(row)} is registered as {named.id}, which was disowned")
            if image["status"] != "active":
                fail(f"{describe(row)} is registered as {named.id}, which is {image['status']}")
            if source.drop_id != row.drop_id:
                fail(f"{describe(row)} is registered as {named.id}, the image of {source.drop_id[:6]}")
            elif not self._is_made_of(source, row.etag or ""):
                fail(f"{describe(row)} is registered as {named.id}, made of other content")

    def _is_made_of(self, source: Import, etag: str) -> bool:
        """Also true if the content was replaced during the import and restored later: this cannot be noticed."""
        ended = source.job.get("ended") or source.job["due"]
        until = source.at + (_seconds(ended) - _seconds(source.job["submitted"]))
        uploads = self._uploads[source.key]
        at_start = [uploaded for at, uploaded in uploads if at <= source.at][-1:]
        during = at_start + [uploaded for at, uploaded in uploads if source.at < at <= until]
        later = [uploaded for at, uploaded in uploads if at > until]
        all_versions = [*during, *later]
        return all(uploaded == etag or etag in all_versions[number:] for number, uploaded in enumerate(during))


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()

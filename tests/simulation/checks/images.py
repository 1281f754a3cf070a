"""At most one image per drop and disk, made from the drop's own content."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

from imagedrop.domain import object_keys
from imagedrop.domain.drop import OBJECT_REPLACED, Drop
from tests.simulation.checks.history_record import HistoryRecord, describe
from tests.simulation.ims_network import ImsNetwork
from tests.simulation.ims_project import Import
from tests.simulation.workers import Worker
from tests.simulation.workload import content_of

# An attempt that ended for one of these reasons may have left an image that nobody could see then.
UNKNOWN = frozenset({"ims.outcome_unknown", "import.deadline", "internal"})


class ImageChecks:
    def __init__(self, record: HistoryRecord, ims: ImsNetwork) -> None:
        self._record, self._ims = record, ims
        self._outcome_unknown: set[str] = set()  # drops of which an attempt ended without knowing the outcome
        self._visible: dict[Worker, set[str]] = {}  # the images that a register could find when it started
        self._made: dict[str, Import] = {}  # image id -> the import that makes it
        self._registered: defaultdict[str, set[frozenset[str]]] = defaultdict(set)  # drop -> images of each end
        ims.on_import = self._imported

    def worker_starts(self, worker: Worker) -> None:
        if worker.name == "register":
            self._visible[worker] = self._ims.visible_image_ids(str(worker.body.get("drop_id")))

    def stage_changed(self, row: Drop) -> None:
        reason = row.reason.code if row.reason else ""
        if row.ended and reason in UNKNOWN:
            self._outcome_unknown.add(row.drop_id)
        if row.ended and reason == OBJECT_REPLACED:
            self._record.disowned[row.drop_id, row.attempt] = {image.id for image in row.images}
        if row.stage == "registered":
            self._check_registered(row)

    def _imported(self, new: Import) -> None:
        self._made |= dict.fromkeys(new.image_ids, new)
        worker = self._ims._workers.current
        visible = self._visible.get(worker, set()) if worker else set()
        disowned = self._record.disowned_images
        for earlier in self._ims.imports:
            if earlier.drop_id != new.drop_id or earlier is new or not self._ims.may_become_active(earlier):
                continue
            if disowned & set(earlier.image_ids):
                continue
            was_visible = bool(visible & set(earlier.image_ids[:1]))
            if new.drop_id not in self._outcome_unknown or was_visible:
                state = "visible" if was_visible else "in progress"
                jobs = f"job {new.job['id'][:6]} makes a second image; job {earlier.job['id'][:6]} is {state}"
                self._record.fail(f"{new.drop_id[:6]}: {jobs}")

    # --- the content

    def _check_registered(self, row: Drop) -> None:
        fail, images = self._record.fail, self._ims.all_images()
        if not row.images:
            fail(f"{describe(row)} is registered without an image")
        named = frozenset(image.id for image in row.images)
        # A drop that is dropped again is answered with its images, though its data files may be others now.
        answered = named in self._registered[row.drop_id]
        self._registered[row.drop_id].add(named)
        if not answered:
            self._check_number(row)
        for image_id in named:
            self._check_image(row, image_id, images)
            if not answered and image_id in self._made:
                self._check_content(row, image_id)

    def _check_number(self, row: Drop) -> None:
        """One image per disk that the sidecar asks for, and all of one request."""
        sidecar = row.versions.get(object_keys.sidecar_key(row.key))
        data_disks = json.loads(content_of(sidecar.etag)).get("data_images", []) if sidecar else []
        roles = [image.role for image in row.images]
        if roles != ["system"] + ["data"] * len(data_disks):
            self._record.fail(f"{describe(row)} asks for {len(data_disks)} data disks and is registered as {roles}")

    def _check_image(self, row: Drop, image_id: str, images: dict[str, dict[str, str]]) -> None:
        fail, source, image = self._record.fail, self._made.get(image_id), images.get(image_id)
        name = f"{describe(row)} is registered as {image_id}"
        if source is None:
            fail(f"{name}, which IMS never made")
            return
        if image is None or image["status"] == "deleted":
            return  # deleted after this end, whose row was lost and restored
        if image_id in self._record.disowned_images and (row.drop_id, row.attempt) not in self._record.restored_ends:
            fail(f"{name}, which was disowned")
        if image["status"] != "active":
            fail(f"{name}, which is {image['status']}")
        if source.drop_id != row.drop_id:
            fail(f"{name}, the image of {source.drop_id[:6]}")

    def _check_content(self, row: Drop, image_id: str) -> None:
        source = self._made[image_id]
        key = source.file_of(image_id)
        version = row.versions.get(key)
        if version is None or not self._is_made_of(source, key, version.etag):
            self._record.fail(f"{describe(row)} is registered as {image_id}, made of other content of {key}")

    def _is_made_of(self, source: Import, key: str, etag: str) -> bool:
        """Also true if the content was replaced during the import and restored later: this cannot be noticed."""
        ended = source.job.get("ended") or source.job["due"]
        until = source.at + (_seconds(ended) - _seconds(source.job["submitted"]))
        uploads = self._record.uploads[key]
        at_start = [uploaded for at, uploaded in uploads if at <= source.at][-1:]
        during = at_start + [uploaded for at, uploaded in uploads if source.at < at <= until]
        later = [uploaded for at, uploaded in uploads if at > until]
        all_versions = [*during, *later]
        return all(uploaded == etag or etag in all_versions[number:] for number, uploaded in enumerate(during))


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()

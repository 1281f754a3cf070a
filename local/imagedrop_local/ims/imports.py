"""Jobs: an import goes INIT -> RUNNING -> SUCCESS or FAIL as time passes; nothing runs in between.

Whoever asks first after a step fell due carries it out, dated when it was due. A job's record holds its due times, so a
restart, or a clock that jumps, changes nothing. One job has one part a file, each with an image of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from imagedrop_local.faults import Faults
from imagedrop_local.ims import job_parts
from imagedrop_local.ims.create_requests import ImportRequest
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.import_checks import Failure, ImportChecks, failure
from imagedrop_local.ims.os_versions import OsVersion, find
from imagedrop_local.ims.sources import Source
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.json_store import Document, JsonStore

FAILS_AFTER = 0.1  # of the job's time: what is wrong with a file shows early

OPEN = ("INIT", "RUNNING")


class ImportJobs:
    def __init__(
        self,
        records: JsonStore,
        images: Images,
        checks: ImportChecks,
        switches: ImsSwitches,
        faults: Faults,
        time_scale: float,
        chance: random.Random,
    ) -> None:
        """`time_scale`: seconds of the cloud in one of the clock."""
        self._records, self._images, self._checks = records, images, checks
        self._switches, self._faults, self._scale, self._chance = switches, faults, time_scale, chance
        self._open = [job for job in records if job["status"] in OPEN]

    def to_clock(self, seconds: float) -> timedelta:
        """Seconds of the cloud, on the clock."""
        return timedelta(seconds=seconds / self._scale)

    def task_count(self) -> int:
        """Images that are importing; each is a task."""
        return sum(len(job["parts"]) for job in self._open)

    def is_importing(self, image_id: str) -> bool:
        """Whether a job is making this image."""
        return any(part["image_id"] == image_id for job in self._open for part in job["parts"])

    def check_task_limit(self, count: int) -> None:
        """Raises Refused: IMG.0060."""
        if self.task_count() + count > self._switches.ims_task_limit:
            raise api_error("IMG.0060", f"{self.task_count()} of {self._switches.ims_task_limit}")

    def submit(self, order: ImportRequest, sources: list[Source], now: datetime) -> str:
        """Takes an order on; the job's id."""
        job_id, pairs = job_parts.new_id(self._chance), list(zip(order.files, sources, strict=True))
        seconds = sum(job_parts.seconds(file, source) for file, source in pairs)
        made = [job_parts.new(file, source, self._chance) for file, source in pairs]
        begins = now + self.to_clock(self._switches.ims_init_time)
        job: Document = {
            "id": job_id,
            "type": order.job_type,
            "status": "INIT",
            "submitted": now.isoformat(),
            "begins": begins.isoformat(),
            "due": (begins + self.to_clock(seconds * self._chance.uniform(0.8, 1.25))).isoformat(),
            "windows": order.windows,
            "iso": order.attributes.get("virtual_env_type") == "IsoImage",
            "failure": None,
            "parts": made,
        }
        for part in made:
            if described := self._images.get(part["image_id"]):
                self._images.set_file(described, part, now)
            else:
                self._images.add(part["image_id"], order.attributes, part, now)
        self._records.put(job)
        self._open.append(job)
        return job_id

    def all(self) -> list[Document]:
        return list(self._records)

    def find(self, job_id: str, now: datetime) -> Document | None:
        """A job that is still known."""
        job = self._records.get(job_id)
        keeps = self._switches.ims_job_retention
        if (
            job
            and job["status"] not in OPEN
            and keeps is not None
            and _time(job["ended"]) + self.to_clock(keeps) <= now
        ):
            return None
        return job

    def progress(self, job: Document, now: datetime) -> float:
        """How far a job is, 0 to 1."""
        if job["status"] not in OPEN:
            return 1.0
        begins, due = _time(job["begins"]), _time(job["due"])
        return min(max((now - begins) / (due - begins), 0.0), 0.99)

    def advance(self, now: datetime) -> None:
        """Carries out every step that has fallen due."""
        for job in self._open:
            if job["status"] == "INIT" and _time(job["begins"]) <= now:
                self._begin(job)
            if job["status"] == "RUNNING" and _time(job["due"]) <= now:
                self._end(job)
        self._open = [job for job in self._open if job["status"] in OPEN]

    def _begin(self, job: Document) -> None:
        begins, due = _time(job["begins"]), _time(job["due"])
        job["status"] = "RUNNING"
        self._each(job, lambda part: self._checks.at_start(part, job["iso"]))
        if struck := self._struck(job):
            job["failure"] = _noted(struck)
        if job["failure"]:
            due = begins + (due - begins) * FAILS_AFTER
        job["due"] = (due + self.to_clock(self._slowed())).isoformat()
        for part in job["parts"]:
            self._images.mark_started(part["image_id"], begins)
        self._records.put(job)

    def _struck(self, job: Document) -> Failure | None:
        """A fault set for the job itself, or what this region refuses once it has seen the file."""
        fault = self._faults.take("ims", "ImportJob", exact="status")
        if fault:
            return failure(fault.code or "IMG.1075", "set at /_sim/faults")
        found = self._detected(job["parts"][0])
        windows = found.os_type == "Windows" if found else job["windows"]
        if windows and self._switches.ims_refuses_windows:
            return failure(self._switches.ims_windows_code, "Windows images are not provided in this region")
        return None

    def _detected(self, part: Document) -> OsVersion | None:
        """The OS that is found in a file; in a data disk none is looked for, and a quick import looks at nothing."""
        if part["role"] != "system" or part["quick"] or self._switches.ims_detected_os is None:
            return None
        return find(self._switches.ims_detected_os)

    def _slowed(self) -> float:
        fault = self._faults.take("ims", "ImportJob", exact="slow")
        return fault.seconds if fault else 0.0

    def _each(self, job: Document, check: Callable[[Document], Failure | None]) -> None:
        """Checks every part; the job fails of the first that fails."""
        for part in job["parts"]:
            if part["failure"] is None and (found := check(part)):
                part["failure"] = _noted(found)
                job["failure"] = job["failure"] or part["failure"]

    def _end(self, job: Document) -> None:
        ended = _time(job["due"])
        if job["failure"] is None:
            self._each(job, self._checks.at_end)
        job |= {"status": "FAIL" if job["failure"] else "SUCCESS", "ended": job["due"]}
        active_at = ended + self.to_clock(self._switches.ims_active_delay)
        for part in job["parts"]:
            spoilt = job["failure"] and (
                part["failure"] or not self._switches.ims_keeps_parts or len(job["parts"]) == 1
            )
            part["made"] = not spoilt
            if spoilt:
                self._images.mark_failed(part["image_id"], ended)
            else:
                self._images.mark_done(part["image_id"], ended, active_at, self._detected(part))
        self._records.put(job)


def _noted(found: Failure) -> Document:
    return {"code": found.code, "reason": found.reason}


def _time(shown: str) -> datetime:
    return datetime.fromisoformat(shown)

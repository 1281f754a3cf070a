"""Import jobs: INIT -> RUNNING -> SUCCESS or FAIL as time passes. No thread runs.

The next call after a step is due does the step, with the time at which it was due. A job's record has its due times, so
a restart or a clock that jumps changes nothing. A job has one part per file; each part has its own image.
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

FAILS_AFTER = 0.1  # of the job's time: IMS finds a bad file early

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
        rng: random.Random,
    ) -> None:
        """`time_scale`: simulated seconds per second of the clock."""
        self._records, self._images, self._checks = records, images, checks
        self._switches, self._faults, self._scale, self._rng = switches, faults, time_scale, rng
        self._open = [job for job in records if job["status"] in OPEN]

    def to_clock(self, seconds: float) -> timedelta:
        """Simulated seconds as time on the clock."""
        return timedelta(seconds=seconds / self._scale)

    def task_count(self) -> int:
        """The number of images that are importing; each is a task."""
        return sum(len(job["parts"]) for job in self._open)

    def is_importing(self, image_id: str) -> bool:
        """Whether an open job makes this image."""
        return any(part["image_id"] == image_id for job in self._open for part in job["parts"])

    def check_task_limit(self, count: int) -> None:
        """Raises ApiError: IMG.0060."""
        if self.task_count() + count > self._switches.ims_task_limit:
            raise api_error("IMG.0060", f"{self.task_count()} of {self._switches.ims_task_limit}")

    def submit(self, request: ImportRequest, sources: list[Source], now: datetime) -> str:
        """Starts a job; returns its id."""
        job_id, pairs = job_parts.new_id(self._rng), list(zip(request.files, sources, strict=True))
        seconds = sum(job_parts.seconds(file, source) for file, source in pairs)
        parts = [job_parts.new(file, source, self._rng) for file, source in pairs]
        start = now + self.to_clock(self._switches.ims_init_time)
        job: Document = {
            "id": job_id,
            "type": request.job_type,
            "status": "INIT",
            "submitted": now.isoformat(),
            "begins": start.isoformat(),
            "due": (start + self.to_clock(seconds * self._rng.uniform(0.8, 1.25))).isoformat(),
            "windows": request.windows,
            "iso": request.attributes.get("virtual_env_type") == "IsoImage",
            "failure": None,
            "parts": parts,
        }
        for part in parts:
            if described := self._images.get(part["image_id"]):
                self._images.set_file(described, part, now)
            else:
                self._images.add_with_file(part["image_id"], request.attributes, part, now)
        self._records.put(job)
        self._open.append(job)
        return job_id

    def all(self) -> list[Document]:
        return list(self._records)

    def find(self, job_id: str, now: datetime) -> Document | None:
        """The job; None if it is unknown or no longer retained."""
        job = self._records.get(job_id)
        retention = self._switches.ims_job_retention
        if (
            job
            and job["status"] not in OPEN
            and retention is not None
            and _time(job["ended"]) + self.to_clock(retention) <= now
        ):
            return None
        return job

    def progress(self, job: Document, now: datetime) -> float:
        """The progress of a job, 0 to 1."""
        if job["status"] not in OPEN:
            return 1.0
        start, due = _time(job["begins"]), _time(job["due"])
        return min(max((now - start) / (due - start), 0.0), 0.99)

    def advance(self, now: datetime) -> None:
        """Does every step that is due."""
        for job in self._open:
            if job["status"] == "INIT" and _time(job["begins"]) <= now:
                self._start_job(job)
            if job["status"] == "RUNNING" and _time(job["due"]) <= now:
                self._end_job(job)
        self._open = [job for job in self._open if job["status"] in OPEN]

    def _start_job(self, job: Document) -> None:
        start, due = _time(job["begins"]), _time(job["due"])
        job["status"] = "RUNNING"
        self._check_parts(job, lambda part: self._checks.at_start(part, job["iso"]))
        if job_failure := self._job_failure(job):
            job["failure"] = _as_json(job_failure)
        if job["failure"]:
            due = start + (due - start) * FAILS_AFTER
        job["due"] = (due + self.to_clock(self._extra_seconds())).isoformat()
        for part in job["parts"]:
            self._images.mark_started(part["image_id"], start)
        self._records.put(job)

    def _job_failure(self, job: Document) -> Failure | None:
        """A fault set for the job, or a Windows image in a region that refuses them."""
        fault = self._faults.take("ims", "ImportJob", only="status")
        if fault:
            return failure(fault.code or "IMG.1075", "set at /_sim/faults")
        problem = self._detected(job["parts"][0])
        windows = problem.os_type == "Windows" if problem else job["windows"]
        if windows and self._switches.ims_refuses_windows:
            return failure(self._switches.ims_windows_code, "Windows images are not provided in this region")
        return None

    def _detected(self, part: Document) -> OsVersion | None:
        """The OS that IMS detects in a file; it does not look in data disks and in quick imports."""
        if part["role"] != "system" or part["quick"] or self._switches.ims_detected_os is None:
            return None
        return find(self._switches.ims_detected_os)

    def _extra_seconds(self) -> float:
        fault = self._faults.take("ims", "ImportJob", only="slow")
        return fault.seconds if fault else 0.0

    def _check_parts(self, job: Document, check: Callable[[Document], Failure | None]) -> None:
        """Checks every part; the first failure is the job's."""
        for part in job["parts"]:
            if part["failure"] is None and (problem := check(part)):
                part["failure"] = _as_json(problem)
                job["failure"] = job["failure"] or part["failure"]

    def _end_job(self, job: Document) -> None:
        ended = _time(job["due"])
        if job["failure"] is None:
            self._check_parts(job, self._checks.at_end)
        job |= {"status": "FAIL" if job["failure"] else "SUCCESS", "ended": job["due"]}
        active_at = ended + self.to_clock(self._switches.ims_active_delay)
        for part in job["parts"]:
            image_failed = job["failure"] and (
                part["failure"] or not self._switches.ims_keeps_parts or len(job["parts"]) == 1
            )
            part["made"] = not image_failed
            if image_failed:
                self._images.mark_failed(part["image_id"], ended)
            else:
                self._images.mark_done(part["image_id"], ended, active_at, self._detected(part))
        self._records.put(job)


def _as_json(problem: Failure) -> Document:
    return {"code": problem.code, "reason": problem.reason}


def _time(shown: str) -> datetime:
    return datetime.fromisoformat(shown)

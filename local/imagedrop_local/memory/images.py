"""IMS in memory: each create call starts a job that ends after some seconds of the clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imagedrop.common.timestamps import format_timestamp, parse_timestamp, seconds_between
from imagedrop.ports import Clock, Image, Job
from imagedrop_local.memory.scripted_faults import ScriptedFaults


@dataclass(frozen=True)
class Outcome:
    """The course of a job: its duration, its failure if any, and whether its images become active."""

    seconds: float = 300
    error_code: str | None = None
    fail_reason: str | None = None
    active: bool = True


@dataclass
class _JobRecord:
    job_id: str
    started_at: str
    outcome: Outcome
    images: tuple[Image, ...]


class MemoryImages(ScriptedFaults):
    """`shows_imports`: by_tag, by_name and by_ids return an image (`saving`) while its job runs."""

    def __init__(self, clock: Clock, *, shows_imports: bool = False) -> None:
        super().__init__()
        self._clock, self.shows_imports = clock, shows_imports
        self._imports: dict[str, _JobRecord] = {}
        self._forgotten: set[str] = set()
        self._deleted: set[str] = set()
        self._foreign_images: dict[str, Image] = {}
        self._outcomes: deque[Outcome] = deque()
        self.bodies: list[Mapping[str, Any]] = []  # of every accepted call

    def plan(self, *outcomes: Outcome) -> None:
        """The outcomes of the next jobs; later jobs get `Outcome()`."""
        self._outcomes.extend(outcomes)

    def add(self, image: Image) -> None:
        """Adds an image that imagedrop did not make."""
        self._foreign_images[image.id] = image

    def remove(self, image_id: str) -> None:
        """Deletes an image, as another client of IMS."""
        self._deleted.add(image_id)
        self._foreign_images.pop(image_id, None)

    def forget(self, job_id: str) -> None:
        """Makes IMS forget a job."""
        self._forgotten.add(job_id)

    def jobs(self) -> list[Job]:
        return [self._job(record) for record in self._imports.values()]

    def images(self) -> list[Image]:
        """All visible images."""
        made = [
            self._with_status(record, image)
            for record in self._imports.values()
            for image in record.images
            if self._is_visible(record)
        ]
        return [image for image in (*made, *self._foreign_images.values()) if image.id not in self._deleted]

    # --- the port

    def create(self, body: Mapping[str, Any]) -> str:
        with self._call("create"):
            number = len(self._imports) + 1
            outcome = self._outcomes.popleft() if self._outcomes else Outcome()
            now = format_timestamp(self._clock())
            requests = [body, *body.get("data_images", ())]
            images = tuple(
                _image(request, f"image-{number:04d}-{index}", now, index > 0) for index, request in enumerate(requests)
            )
            record = _JobRecord(f"job-{number:04d}", now, outcome, images)
            self._imports[record.job_id] = record
            self.bodies.append(dict(body))
            return record.job_id

    def job(self, job_id: str) -> Job | None:
        with self._call("job"):
            record = self._imports.get(job_id)
            return None if record is None or job_id in self._forgotten else self._job(record)

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        with self._call("by_ids"):
            return [image for image in self.images() if image.id in image_ids]

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        with self._call("by_tag"):
            return [image for image in self.images() if image.tags.get(key) == value]

    def by_name(self, name: str) -> Sequence[Image]:
        with self._call("by_name"):
            return [image for image in self.images() if image.name == name]

    def _job(self, record: _JobRecord) -> Job:
        elapsed = seconds_between(record.started_at, self._clock())
        if elapsed < record.outcome.seconds:
            return Job(record.job_id, "RUNNING" if elapsed > 0 else "INIT")
        if record.outcome.error_code is not None:
            return Job(record.job_id, "FAIL", (), record.outcome.error_code, record.outcome.fail_reason)
        return Job(record.job_id, "SUCCESS", tuple(image.id for image in record.images))

    def _is_visible(self, record: _JobRecord) -> bool:
        if self._job(record).status == "FAIL":
            return False
        return self.shows_imports or self._job(record).status == "SUCCESS"

    def _with_status(self, record: _JobRecord, image: Image) -> Image:
        done = self._job(record).status == "SUCCESS" and record.outcome.active
        return replace(image, status="active" if done else "saving")


def _image(body: Mapping[str, Any], image_id: str, now: str, data_disk: bool) -> Image:
    return Image(
        id=image_id,
        name=body.get("name", image_id),
        status="saving",
        min_disk=body["min_disk"],
        created_at=parse_timestamp(now).strftime("%Y-%m-%dT%H:%M:%SZ"),
        tags={tag["key"]: tag["value"] for tag in body.get("image_tags", ())},
        origin=f"file,{body['image_url']}",
        data_disk=data_disk,
    )

"""IMS in memory: each create starts a job that ends after `duration` seconds of the clock."""

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
    """How a job goes: how long it takes, whether it fails and of what, and whether its images become active."""

    seconds: float = 300
    error_code: str | None = None
    fail_reason: str | None = None
    active: bool = True


@dataclass
class _Work:
    job_id: str
    started_at: str
    outcome: Outcome
    images: tuple[Image, ...]


class MemoryImages(ScriptedFaults):
    """`shows_imports`: by_tag, by_name and by_ids show an image (as `saving`) while its job runs."""

    def __init__(self, clock: Clock, *, shows_imports: bool = False) -> None:
        super().__init__()
        self._clock, self.shows_imports = clock, shows_imports
        self._work: dict[str, _Work] = {}
        self._forgotten: set[str] = set()
        self._deleted: set[str] = set()
        self._others: dict[str, Image] = {}
        self._planned: deque[Outcome] = deque()
        self.bodies: list[Mapping[str, Any]] = []  # every body that was accepted

    def plan(self, *outcomes: Outcome) -> None:
        """How the next jobs go; after these, as `Outcome()`."""
        self._planned.extend(outcomes)

    def add(self, image: Image) -> None:
        """An image that somebody else made."""
        self._others[image.id] = image

    def remove(self, image_id: str) -> None:
        """Somebody deletes an image."""
        self._deleted.add(image_id)
        self._others.pop(image_id, None)

    def forget(self, job_id: str) -> None:
        """IMS knows the job no more."""
        self._forgotten.add(job_id)

    def jobs(self) -> list[Job]:
        return [self._job(work) for work in self._work.values()]

    def images(self) -> list[Image]:
        """All that can be seen now."""
        made = [self._now(work, image) for work in self._work.values() for image in work.images if self._seen(work)]
        return [image for image in (*made, *self._others.values()) if image.id not in self._deleted]

    # --- the port

    def create(self, body: Mapping[str, Any]) -> str:
        with self._call("create"):
            number = len(self._work) + 1
            outcome = self._planned.popleft() if self._planned else Outcome()
            now = format_timestamp(self._clock())
            asked = [body, *body.get("data_images", ())]
            images = tuple(_image(one, f"image-{number:04d}-{role}", now, role > 0) for role, one in enumerate(asked))
            work = _Work(f"job-{number:04d}", now, outcome, images)
            self._work[work.job_id] = work
            self.bodies.append(dict(body))
            return work.job_id

    def job(self, job_id: str) -> Job | None:
        with self._call("job"):
            work = self._work.get(job_id)
            return None if work is None or job_id in self._forgotten else self._job(work)

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        with self._call("by_ids"):
            return [image for image in self.images() if image.id in image_ids]

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        with self._call("by_tag"):
            return [image for image in self.images() if image.tags.get(key) == value]

    def by_name(self, name: str) -> Sequence[Image]:
        with self._call("by_name"):
            return [image for image in self.images() if image.name == name]

    def _job(self, work: _Work) -> Job:
        since = seconds_between(work.started_at, self._clock())
        if since < work.outcome.seconds:
            return Job(work.job_id, "RUNNING" if since > 0 else "INIT")
        if work.outcome.error_code is not None:
            return Job(work.job_id, "FAIL", (), work.outcome.error_code, work.outcome.fail_reason)
        return Job(work.job_id, "SUCCESS", tuple(image.id for image in work.images))

    def _seen(self, work: _Work) -> bool:
        if self._job(work).status == "FAIL":
            return False
        return self.shows_imports or self._job(work).status == "SUCCESS"

    def _now(self, work: _Work, image: Image) -> Image:
        done = self._job(work).status == "SUCCESS" and work.outcome.active
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

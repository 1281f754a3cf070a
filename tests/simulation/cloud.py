"""IMS as hard as its documents allow: every open question is a switch, and CreateImage may answer anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from imagedrop.ports import Image, ImsError, Job
from imagedrop.registration import TAG
from imagedrop_local.memory.images import MemoryImages, Outcome, _Work
from imagedrop_local.memory.time import SettableClock
from simulation.climate import Climate

SIGNED_FOR = 900.0  # s; so long may a request that was sent be accepted
DURATIONS = (1, 60, 300, 300, 1200, 4000)
LOST, LATE, TAKEN = "the request is lost", "the request comes late", "the answer is lost"
DEFINITE: Mapping[str, tuple[Any, str]] = {
    "busy": ("busy", "IMG.0060"),
    "held": ("held", "IMG.0015"),
    "undelivered": ("undelivered", "NewConnectionError"),
    "refused": ("refused", "IMG.0056"),
}


@dataclass
class Made:
    """A request that IMS has accepted. `contents`: the ETags that lay at its key from then until its job ended, and
    `since`: those that came later."""

    drop_id: str
    key: str
    work: _Work
    ends_at: float
    contents: list[str]
    since: list[str] = field(default_factory=list)

    def of(self, etag: str) -> bool:
        """It was made of this content; or of other content, for all that can be told from outside: that was replaced
        and has been put back."""
        lay = [*self.contents, *self.since]
        return all(one == etag or etag in lay[number:] for number, one in enumerate(self.contents))

    @property
    def fails(self) -> bool:
        return self.work.outcome.error_code is not None


class SimImages(MemoryImages):
    def __init__(self, clock: SettableClock, random: Random, climate: Climate) -> None:
        super().__init__(clock, shows_imports=climate.shows_imports)
        self._seconds, self._random, self._climate = clock.seconds, random, climate
        self.made: list[Made] = []
        self.troubled = True
        self.say: Callable[[str], None] = lambda text: None
        self.later: Callable[[float, Callable[[], object]], None] = lambda seconds, act: None
        self.content: Callable[[str], str] = lambda key: ""
        self.accepted: Callable[[Made], None] = lambda made: None

    def create(self, body: Mapping[str, Any]) -> str:
        fate = self._fate()
        if self._climate.unique_names and self._name_taken(str(body["name"])):
            raise ImsError("refused", "IMG.0009", "the name is taken")
        if fate in DEFINITE:
            self.say(f"IMS: CreateImage is {fate}")
            self.calls["create"] += 1
            kind, code = DEFINITE[fate]
            raise ImsError(kind, code, f"{fate}, as the history has it")
        if fate in (LOST, LATE):
            self.say(f"IMS: CreateImage, {fate}")
            self.calls["create"] += 1
            if fate == LATE:
                self.later(self._random.random() * (SIGNED_FOR - 60), lambda: self._accept(body, fate))
            raise ImsError("unknown", "ReadTimeout", fate)
        job_id = self._accept(body, fate)
        if fate == TAKEN:
            raise ImsError("unknown", "ReadTimeout", fate)
        return job_id

    def _fate(self) -> str:
        if not self.troubled or self._random.random() >= self._climate.trouble:
            return "answered"
        return self._random.choice((LOST, LATE, TAKEN, TAKEN, *DEFINITE))

    def _name_taken(self, name: str) -> bool:
        taken = any(image.name == name for work in self._work.values() for image in work.images if self._lives(work))
        return taken or any(image.name == name for image in self._others.values())

    def _lives(self, work: _Work) -> bool:
        return self._job(work).status != "FAIL" and not all(image.id in self._deleted for image in work.images)

    def _accept(self, body: Mapping[str, Any], fate: str) -> str:
        self.plan(self._outcome())
        before = len(self._work)
        try:
            return super().create(body)
        finally:  # whatever happens to the answer
            if len(self._work) > before:
                work = list(self._work.values())[-1]
                key = str(body["image_url"]).partition(":")[2]
                tag = next(tag["value"] for tag in body["image_tags"] if tag["key"] == TAG)
                ends_at = self._seconds() + work.outcome.seconds
                self.say(f"IMS: {work.job_id} for {tag[:6]} ({fate}), {work.outcome}")
                self.made.append(Made(tag, key, work, ends_at, [self.content(key)]))
                self.accepted(self.made[-1])
            else:
                self._planned.clear()

    def _outcome(self) -> Outcome:
        random = self._random
        if self.troubled and random.random() < 0.15:
            return Outcome(
                random.choice(DURATIONS), random.choice(("IMG.1075", "IMG.0072")), "it could not be imported"
            )
        return Outcome(random.choice(DURATIONS), active=not self.troubled or random.random() < 0.97)

    def gone(self, made: Made) -> bool:
        """It failed, or somebody has deleted it."""
        return not self._lives(made.work)

    def placed(self, key: str, etag: str) -> None:
        """Other content lies at a key that is perhaps being imported."""
        for made in self.made:
            if made.key == key:
                (made.contents if self._seconds() <= made.ends_at else made.since).append(etag)

    # --- what can be seen

    def _job(self, work: _Work) -> Job:
        job = super()._job(work)
        return replace(job, image_ids=job.image_ids[:1]) if self._climate.system_id_only else job

    def _seen(self, work: _Work) -> bool:
        return self._climate.leaves_killed if self._job(work).status == "FAIL" else super()._seen(work)

    def _now(self, work: _Work, image: Image) -> Image:
        image = super()._now(work, image)
        if self._job(work).status == "FAIL":
            return replace(image, status="killed")
        return replace(image, tags={}) if self._climate.late_tags and image.status != "active" else image

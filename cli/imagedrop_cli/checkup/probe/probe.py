"""Registers tiny images as imagedrop would, looks at what IMS does, and deletes them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from imagedrop.domain.object_keys import PROBES
from imagedrop.ports import Image, ImsError, Job, ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings
from imagedrop_cli.checkup.job_calls import JOB_CALLS
from imagedrop_cli.checkup.probe.arrivals import Arrivals
from imagedrop_cli.checkup.probe.project import Project
from imagedrop_cli.checkup.probe.readings import Readings, compare, job_details
from imagedrop_cli.checkup.probe.tiny_image import empty_qcow2
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

NAME = TAG = "imagedrop-probe"
CHINESE = "测试"  # "test"
NAME_TAKEN, BAD_NAME = "IMG.0009", "IMG.0003"
LONGEST = 1800.0  # s for the imports of 256 KB
SHOWN_WITHIN = 300.0  # s from the end of the job until the image is found by its tag
EVERY = 3.0  # s between two looks at a job
ENDED = ("SUCCESS", "FAIL")


@dataclass
class Probe:
    """`token`: letters and digits that no other probe has. `ask`: a question to the person -> yes. `note`: prints a
    line about what is going on. `arrivals`: where events are seen, if there is a way in and the log can be read."""

    settings: Settings
    project: Project
    token: str
    ask: Callable[[str], bool]
    note: Callable[[str], None]
    arrivals: Arrivals | None = None
    _seen: Readings = field(default_factory=Readings)
    _names: set[str] = field(default_factory=set)  # of the images that were requested
    _jobs: dict[str, Job] = field(default_factory=dict)  # the last look at each
    _lost_answer: bool = False  # IMS may have accepted a request
    _until: float = 0.0

    @property
    def key(self) -> str:
        return f"{PROBES}{self.token}.qcow2"

    @property
    def event_key(self) -> str:
        """It differs in each way in which an event may spell it."""
        return f"{PROBES}{self.token}/测 +%20.txt"

    @property
    def tag(self) -> tuple[str, str]:
        return TAG, self.token

    def run(self) -> Iterator[CheckResult]:
        """Whatever happens, what it has made is deleted, or named."""
        try:
            self.project.write(self.key, empty_qcow2())
            if self.arrivals:
                self.project.write(self.event_key, b"")
        except (ObjectsRefused, ObjectsUnavailable) as error:
            fix = "Allow the user of the keys to write objects (obs:object:PutObject)."
            yield wrong("bucket.write", f"{self.settings.drop_bucket}: {error}", fix)
            return
        yield ok("bucket.write", f"{self.key} was written")
        try:
            yield self._register()
            yield from compare(self._seen, self.settings)
            if self.arrivals:
                yield self.arrivals.check(self.event_key, self.settings.event_keys_encoded)
        except BaseException:
            self.note("waiting for the imports, to delete their images; Ctrl-C leaves them")
            self.note(self._clean_up().seen)
            raise
        yield self._clean_up()

    # --- registration

    def _register(self) -> CheckResult:
        began = self.project.seconds()
        self._until = began + LONGEST
        try:
            name, first = self._first_request()
            self._watch(name, first)
            if (job := self._jobs[first]).status != "SUCCESS":
                return _not_registered(job)
            taken = self.project.seconds() - began
            self._seen.found_by_tag = self._is_found_by_tag()
            later = self.project.seconds() - began - taken
            self._seen.details = (*job_details(self.project.job_answers), f"the image was found {later:.0f} s later")
            if self._seen.names_unique is None:
                self._seen.names_unique = "after_import" if self._is_refused(name) else "no"
        except ImsError as error:
            return _refused(error)
        return ok("ims.import", f"an image of {len(empty_qcow2()) >> 10} KB was registered in {taken:.0f} s")

    def _first_request(self) -> tuple[str, str]:
        """Name and job."""
        name = f"{NAME}-{self.token}"
        try:
            job_id = self._request(f"{name}-{CHINESE}")
        except ImsError as error:
            if error.code != BAD_NAME:
                raise
            self._seen.chinese_names = False
            return name, self._request(name)
        self._seen.chinese_names = True
        return f"{name}-{CHINESE}", job_id

    def _request(self, name: str) -> str:
        self.note(f"registering {name}")
        self._names.add(name)
        try:
            job_id = self.project.register(name, self.key, self.tag)
        except ImsError as error:
            self._lost_answer |= error.kind == "unknown"
            raise
        self._jobs[job_id] = Job(job_id, "INIT")
        return job_id

    def _is_refused(self, name: str) -> bool:
        """A second image of the same name."""
        try:
            self._request(name)
        except ImsError as error:
            if error.code != NAME_TAKEN:
                raise
            return True
        return False

    def _watch(self, name: str, job_id: str) -> None:
        """Follows the first job. Meanwhile it looks whether its image is shown and its name is taken."""
        shown: list[bool] = []
        while not self._has_ended(job_id):
            if self._jobs[job_id].status == "RUNNING":
                found = [*self.project.images_by_tag(self.tag), *self.project.images_by_name(name)]
                if self._has_ended(job_id):
                    break  # perhaps it had ended before the look
                if not shown and self._is_refused(name):
                    self._seen.names_unique = "always"
                shown.append(bool(found))
            self.project.sleep(EVERY)
        self._seen.shows_imports = all(shown) if shown else None

    def _has_ended(self, job_id: str) -> bool:
        """Looks at the job by each call. Raises ImsError if no call knows it, or it takes too long."""
        errors = list[ImsError]()
        for call in JOB_CALLS:
            try:
                job = self.project.job(call, job_id)
            except ImsError as error:
                errors.append(error)
                self._seen.job_calls.setdefault(call, str(error))
            else:
                self._seen.job_calls[call] = "" if job else "it knows no such job"
                self._jobs[job_id] = job or self._jobs[job_id]
        if not any(error == "" for error in self._seen.job_calls.values()):
            raise errors[0] if errors else ImsError("unknown", "no_job", f"no call knows the job {job_id}")
        if self._jobs[job_id].status in ENDED:
            return True
        if self.project.seconds() >= self._until:
            raise ImsError("unknown", "too_long", f"the job {job_id} runs for longer than {LONGEST / 60:.0f} minutes")
        return False

    def _is_found_by_tag(self) -> bool:
        until = self.project.seconds() + SHOWN_WITHIN
        while not (found := bool(self.project.images_by_tag(self.tag))) and self.project.seconds() < until:
            self.project.sleep(EVERY)
        return found

    # --- cleaning up

    def _clean_up(self) -> CheckResult:
        """Deletes the images and the file, after the imports."""
        left, names = list[str](), ", ".join(sorted(self._names))
        try:
            for image in self._images():
                if self._is_own(image) or self.ask(
                    f"Delete {image.name!r} ({image.id})? Its name is not of this probe"
                ):
                    self.note(f"deleting {image.name} ({image.id})")
                    self.project.delete_image(image.id)
                else:
                    left.append(f"the image {image.name!r} ({image.id})")
        except ImsError as error:
            left.append(f"images ({names}): {error}")
        if self._lost_answer:
            left.append(f"{self.key}, and the image that IMS may still register: {names}")
        elif not any(job.status not in ENDED for job in self._jobs.values()):
            try:
                for key in (self.key, self.event_key)[: 2 if self.arrivals else 1]:
                    self.project.delete_object(key)
            except (ObjectsRefused, ObjectsUnavailable) as error:
                left.append(f"{self.key} ({error})")
        else:
            left.append(f"{self.key}, which is being imported")
        if left:
            return wrong("probe.deleted", f"not deleted: {'; '.join(left)}", "Delete it in the console.")
        return ok("probe.deleted", "the images and the file of the probe are deleted")

    def _images(self) -> list[Image]:
        """Those of the jobs, which may be shown only some time after the end of their job, and those with the tag."""
        while not all(self._has_ended(job_id) for job_id in self._jobs):
            self.project.sleep(EVERY)
        ids = {image_id for job in self._jobs.values() for image_id in job.image_ids if job.status == "SUCCESS"}
        until = self.project.seconds() + SHOWN_WITHIN
        while True:
            found = {image.id: image for image in self.project.images_by_tag(self.tag)}
            found |= {image.id: image for image in self.project.images_by_id([*ids])}
            if found.keys() >= ids or self.project.seconds() >= until:
                return [*found.values()]
            self.project.sleep(EVERY)

    def _is_own(self, image: Image) -> bool:
        return image.name in self._names and image.data_disk


def _not_registered(job: Job) -> CheckResult:
    seen = f"the job {job.job_id} failed: {job.error_code}: {job.fail_reason}"
    return wrong("ims.import", seen, "Look up the code in the documents of IMS.")


def _refused(error: ImsError) -> CheckResult:
    if error.kind in ("refused", "held"):
        fix = "Look up the code in the documents of IMS. If it is about permissions, give the user of the keys more."
        return wrong("ims.import", f"IMS refuses: {error}", fix)
    return unknown("ims.import", str(error), "Run the probe again later.")

"""What a probe has seen of IMS, and whether the settings say the same. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from imagedrop.settings import Settings
from imagedrop_cli.checkup.job_calls import JobCall, job_call
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

NamesUnique = Literal["no", "after_import", "always"]


@dataclass
class Readings:
    """None: the probe could not see it. `job_calls`: the call -> its error, or an empty text."""

    chinese_names: bool | None = None
    shows_imports: bool | None = None
    names_unique: NamesUnique | None = None
    job_calls: dict[JobCall, str] = field(default_factory=dict)
    found_by_tag: bool | None = None
    details: tuple[str, ...] = ()  # of jobs and images, in words


def compare(seen: Readings, settings: Settings) -> Iterator[CheckResult]:
    """One result for each setting that says how IMS behaves."""
    yield _compare("ims.chinese_names", settings.ims_chinese_names, seen.chinese_names, CHINESE)
    yield _compare("ims.shows_imports", settings.ims_shows_imports, seen.shows_imports, SHOWN)
    yield _compare("ims.names_unique", settings.ims_names_unique, seen.names_unique, UNIQUE)
    yield job_call(seen.job_calls, settings.ims_job_call)
    if seen.found_by_tag is None:
        yield unknown("ims.tags", "no image was registered")
    elif seen.found_by_tag:
        yield ok("ims.tags", "IMS finds the image by its tag")
    else:
        fix = "Please report this: imagedrop finds its images by their tags."
        yield wrong("ims.tags", "IMS does not find the image by its tag", fix)
    if seen.details:
        yield ok("ims.details", "; ".join(seen.details))


def job_details(answers: Sequence[Any]) -> Iterator[str]:
    """How IMS fills in its answers about jobs, in words. imagedrop works with each of these."""
    jobs = [answer for answer in answers if isinstance(answer, dict)]
    percents = [_entities(job).get("process_percent") for job in jobs if job.get("status") == "SUCCESS"]
    if known := [float(percent) for percent in percents if isinstance(percent, (int, float, str)) and percent != ""]:
        yield f"process_percent is {max(known):g} at the end"
    if times := [str(job["begin_time"]) for job in jobs if job.get("begin_time")]:
        yield f"times of jobs are like {times[0]}"
    if running := [job for job in jobs if job.get("status") == "RUNNING"]:
        early = any(_entities(job).get("image_id") for job in running)
        yield f"a running job has {'its' if early else 'no'} image_id"


def _entities(job: Mapping[str, Any]) -> Mapping[str, Any]:
    entities = job.get("entities")
    return entities if isinstance(entities, dict) else {}


CHINESE = {True: "IMS takes a Chinese image name", False: "IMS refuses a Chinese image name"}
SHOWN = {True: "IMS lists the image during its import", False: "IMS does not list the image during its import"}
UNIQUE = {
    "no": "IMS registers a second image of the same name",
    "after_import": "IMS refuses the name of an image that exists, but not of one that is being imported",
    "always": "IMS refuses a name that is taken, also during the import",
}


def _compare(name: str, setting: object, seen: object, texts: Mapping[Any, str]) -> CheckResult:
    if seen is None:
        return unknown(name, "the probe could not see it")
    if seen == setting:
        return ok(name, texts[seen])
    return wrong(name, f"{texts[seen]}; {name.replace('.', '_')} is {_value(setting)}", _fix(name, seen))


def _fix(name: str, value: object) -> str:
    return f"Set {name.replace('.', '_')} to {_value(value)}."


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

"""What a probe has seen of IMS, and whether the settings say the same. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from imagedrop.settings import Settings
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

NamesUnique = Literal["no", "after_import", "always"]


@dataclass
class Readings:
    """None: the probe could not see it. `job_calls`: the call -> its error, or an empty text."""

    chinese_names: bool | None = None
    shows_imports: bool | None = None
    names_unique: NamesUnique | None = None
    job_calls: dict[str, str] = field(default_factory=dict)
    found_by_tag: bool | None = None


def compare(seen: Readings, settings: Settings) -> Iterator[CheckResult]:
    """One result for each setting that says how IMS behaves."""
    yield _compare("ims.chinese_names", settings.ims_chinese_names, seen.chinese_names, CHINESE)
    yield _compare("ims.shows_imports", settings.ims_shows_imports, seen.shows_imports, SHOWN)
    yield _compare("ims.names_unique", settings.ims_names_unique, seen.names_unique, UNIQUE)
    yield _job_call(seen.job_calls, settings.ims_job_call)
    if seen.found_by_tag is None:
        yield unknown("ims.tags", "no image was registered")
    elif seen.found_by_tag:
        yield ok("ims.tags", "IMS finds the image by its tag")
    else:
        fix = "Please report this: imagedrop finds its images by their tags."
        yield wrong("ims.tags", "IMS does not find the image by its tag", fix)


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


def _job_call(calls: Mapping[str, str], setting: str) -> CheckResult:
    name = "ims.job_call"
    if setting not in calls:
        return unknown(name, "no image was registered")
    if not calls[setting]:
        return ok(name, f"{setting} answers")
    other = next((call for call, error in calls.items() if not error), None)
    if other is None:
        return unknown(name, "; ".join(f"{call}: {error}" for call, error in calls.items()))
    return wrong(name, f"{setting}: {calls[setting]}", _fix(name, other))

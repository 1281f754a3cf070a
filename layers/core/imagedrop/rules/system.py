"""Which system is inside, and for which processor. The file wins over the sidecar, as on the console; on the fast
channel, where IMS does not look into the file, a contradiction is an error (IMS: registering an image)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import RuleInput, Subject
from imagedrop.sidecar import os_versions

_ARCHITECTURES = {"x86_64": "x86", "x86": "x86", "arm64": "arm"}


@dataclass(frozen=True, slots=True)
class System:
    """IMS's values; None where nobody says."""

    os_type: str | None
    os_version: str | None
    architecture: str | None


def found(image: Subject) -> System:
    """What the file says of itself."""
    windows = image.facts.windows
    if windows is None:
        return System("Linux" if image.says("image.linux") else None, None, None)
    return System("Windows", windows.os_version, _ARCHITECTURES.get(windows.architecture or ""))


def said(case: RuleInput) -> System:
    sidecar = case.sidecar
    os_type: str | None = sidecar.os_type
    if os_type is None and sidecar.os_version in os_versions.WINDOWS:
        os_type = "Windows"
    return System(os_type, sidecar.os_version, sidecar.architecture)


def resolve(case: RuleInput) -> System:
    """What is registered."""
    mine, theirs = found(case.image), said(case)
    os_type = mine.os_type or theirs.os_type
    fits = theirs.os_type == os_type
    version = mine.os_version or (theirs.os_version if fits else None)
    return System(os_type, version, mine.architecture or theirs.architecture)


def unlisted(case: RuleInput, system: System) -> bool:
    """Known not to be among the systems that IMS lists."""
    if system.os_version is None:
        return system.os_type == "Other" or case.image.says("image.os_unlisted")
    return system.os_type == "Other" or system.os_version in os_versions.UNLISTED


def check(case: RuleInput, system: System) -> Iterator[Finding]:
    yield from _differences(case)
    if case.fast and system.os_version is None and not case.image.broken:
        yield say.VERSION_NEEDED(at="/os_version")
    if system.os_type == "Windows":
        if not case.place.settings.ims_allows_windows:
            yield say.WINDOWS_NOT_TAKEN()
        if system.architecture == "arm":
            yield say.WINDOWS_ON_ARM(at="/architecture" if case.sidecar.architecture else None)
        if _bits(case, system) == 32:
            yield say.BITS_32()
    elif case.sidecar.license_type and system.os_type:
        yield say.LICENSE(at="/license_type", os_type=system.os_type)


def _differences(case: RuleInput) -> Iterator[Finding]:
    mine, kind = found(case.image), say.DIFFERS_FAST if case.fast else say.DIFFERS
    if mine.os_type == "Linux" and said(case).os_type == "Windows":
        field = "os_type" if case.sidecar.os_type else "os_version"
        yield say.WINDOWS_OVER_LINUX(at=f"/{field}", field=field, said=getattr(case.sidecar, field))
        return
    for field in ("os_type", "os_version", "architecture"):
        there, here = getattr(case.sidecar, field), getattr(mine, field)
        if there is not None and here is not None and there != here:
            yield kind(at=f"/{field}", field=field, said=there, found=here)


def _bits(case: RuleInput, system: System) -> int | None:
    """32 or 64 by the processor that the file is for, else by the version that is registered."""
    windows = case.image.facts.windows
    if windows and windows.architecture:
        return 32 if windows.architecture == "x86" else 64
    return 32 if "32" in (system.os_version or "") else None

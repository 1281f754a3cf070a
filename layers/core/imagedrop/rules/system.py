"""The operating system and processor. The image takes precedence over the sidecar, as on the console. On the fast
channel, where IMS does not read the image, a contradiction is an error (IMS: registering an image)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagedrop.common import os_versions
from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import InspectedFile, RuleInput

_ARCHITECTURES = {"x86_64": "x86", "x86": "x86", "arm64": "arm"}


@dataclass(frozen=True, slots=True)
class System:
    """Values of the IMS API; None if unknown."""

    os_type: str | None
    os_version: str | None
    architecture: str | None


def in_image(image: InspectedFile) -> System:
    windows = image.facts.windows
    if windows is None:
        return System("Linux" if image.has_finding("image.linux") else None, None, None)
    return System("Windows", windows.os_version, _ARCHITECTURES.get(windows.architecture or ""))


def in_sidecar(given: RuleInput) -> System:
    sidecar = given.sidecar
    os_type: str | None = sidecar.os_type
    if os_type is None and sidecar.os_version in os_versions.WINDOWS:
        os_type = "Windows"
    return System(os_type, sidecar.os_version, sidecar.architecture)


def resolve(given: RuleInput) -> System:
    """The system to register."""
    image, sidecar = in_image(given.image), in_sidecar(given)
    os_type = image.os_type or sidecar.os_type
    version = image.os_version or (sidecar.os_version if sidecar.os_type == os_type else None)
    return System(os_type, version, image.architecture or sidecar.architecture)


def is_unlisted(given: RuleInput, system: System) -> bool:
    """Whether the system is known and not on IMS's list."""
    if system.os_version is None:
        return system.os_type == "Other" or given.image.has_finding("image.os_unlisted")
    return system.os_type == "Other" or system.os_version in os_versions.UNLISTED


def check(given: RuleInput, system: System) -> Iterator[Finding]:
    yield from _check_differences(given)
    if given.fast and system.os_version is None and not given.image.broken:
        yield kinds.VERSION_NEEDED(at="/os_version")
    if system.os_type == "Windows":
        if not given.location.settings.ims_allows_windows:
            yield kinds.WINDOWS_NOT_TAKEN()
        if system.architecture == "arm":
            yield kinds.WINDOWS_ON_ARM(at="/architecture" if given.sidecar.architecture else None)
        if _bits(given, system) == 32:
            yield kinds.BITS_32()
    elif given.sidecar.license_type and system.os_type:
        yield kinds.LICENSE(at="/license_type", os_type=system.os_type)


def _check_differences(given: RuleInput) -> Iterator[Finding]:
    image, kind = in_image(given.image), kinds.DIFFERS_FAST if given.fast else kinds.DIFFERS
    if image.os_type == "Linux" and in_sidecar(given).os_type == "Windows":
        field = "os_type" if given.sidecar.os_type else "os_version"
        yield kinds.WINDOWS_OVER_LINUX(at=f"/{field}", field=field, said=getattr(given.sidecar, field))
        return
    for field in ("os_type", "os_version", "architecture"):
        said, found = getattr(given.sidecar, field), getattr(image, field)
        if said is not None and found is not None and said != found:
            yield kind(at=f"/{field}", field=field, said=said, found=found)


def _bits(given: RuleInput, system: System) -> int | None:
    """32 or 64, from the processor of the image, else from the version to register."""
    windows = given.image.facts.windows
    if windows and windows.architecture:
        return 32 if windows.architecture == "x86" else 64
    return 32 if "32" in (system.os_version or "") else None

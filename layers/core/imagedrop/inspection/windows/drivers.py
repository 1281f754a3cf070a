"""The VirtIO drivers: as services with their start, and as files. One counts only where both are there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows.installation import DRIVERS as FOLDER
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.services import Service, inside_windows, services

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Driver(NamedTuple):
    """`services`: names that its service goes by (virtio-win's .inf files; Huawei's UVP VMTools use the same)."""

    file: str
    services: tuple[str, ...]


DRIVERS = {
    "viostor": Driver("viostor.sys", ("viostor",)),
    "vioscsi": Driver("vioscsi.sys", ("vioscsi",)),
    "netkvm": Driver("netkvm.sys", ("netkvm",)),
    "balloon": Driver("balloon.sys", ("balloon", "BALLOON_Service")),
    "vioser": Driver("vioser.sys", ("VirtioSerial", "vioser")),
}
SERVICES = tuple(service for driver in DRIVERS.values() for service in driver.services)


def drivers(windows: Installation, current: Callable[[], Key], report: FindingsReport) -> dict[str, str]:
    """Driver -> when it starts (boot, system, auto, manual, disabled), or absent."""
    jobs: tuple[Callable[[], Any], ...] = (
        lambda: windows.once("driver services", lambda: services(current(), *SERVICES)),
        lambda: windows.once("driver files", lambda: _files(windows)),
    )
    installed, files = fetch_together(*jobs)
    states = {name: next((installed[one] for one in driver.services if one in installed), None)
              for name, driver in DRIVERS.items()}  # fmt: skip
    missing = [name for name in DRIVERS if name not in files]
    elsewhere = fetch_together(*[partial(_is_elsewhere, windows, states[name]) for name in missing])
    there = dict.fromkeys(files, True) | dict(zip(missing, elsewhere, strict=True))
    for name, service in states.items():
        if service and service.start and not there[name]:
            report.add(kinds.DRIVER_FILE_MISSING, driver=name, file=DRIVERS[name].file)
        elif service and service.overridden == "boot":
            report.add(kinds.DRIVER_START_OVERRIDDEN, driver=name, start=service.start)
        elif there[name] and service is None:
            report.add(kinds.DRIVER_NOT_INSTALLED, driver=name, file=DRIVERS[name].file)
    return {name: _state(service) if there[name] else "absent" for name, service in states.items()}


def _state(service: Service | None) -> str:
    return (service and service.start) or "absent"


def _files(windows: Installation) -> set[str]:
    """The drivers whose files lie where they usually do."""
    folder = windows.file(FOLDER)
    if folder is None:
        return set()
    found = fetch_together(*[partial(folder.has, driver.file) for driver in DRIVERS.values()])
    return {name for name, there in zip(DRIVERS, found, strict=True) if there}


def _is_elsewhere(windows: Installation, service: Service | None) -> bool:
    """Whether the file lies where its service says: newer Windows start some from the driver store."""
    if service is None or service.image is None:
        return False
    path = inside_windows(service.image)
    return path is None or windows.holds(path)

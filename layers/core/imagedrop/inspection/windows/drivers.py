"""The VirtIO drivers: as services with their start, and as files. One counts only where both are there."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.cache import together
from imagedrop.inspection.registry import Key
from imagedrop.inspection.report import Report
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.services import Service, inside_windows, services

FOLDER = "System32/drivers"


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


def drivers(windows: Installation, current: Key, report: Report) -> dict[str, str]:
    """Driver -> when it starts (boot, system, auto, manual, disabled), or absent."""
    installed = services(current, *SERVICES)
    jobs = [partial(_state, windows, driver, installed) for driver in DRIVERS.values()]
    found = dict(zip(DRIVERS, together(*jobs), strict=True))
    for name, (state, there) in found.items():
        if state and not there:
            report.say(kinds.DRIVER_FILE_MISSING, driver=name, file=DRIVERS[name].file)
        elif there and not state:
            report.say(kinds.DRIVER_NOT_INSTALLED, driver=name, file=DRIVERS[name].file)
    return {name: state if state and there else "absent" for name, (state, there) in found.items()}


def _state(windows: Installation, driver: Driver, installed: dict[str, Service]) -> tuple[str | None, bool]:
    """(when its service starts, whether its file is there)."""
    service = next((installed[name] for name in driver.services if name in installed), None)
    folder = windows.file(FOLDER)
    there = folder is not None and folder.has(driver.file)
    if service and service.image and not there:
        path = inside_windows(service.image)
        there = path is None or windows.holds(path)
    return service.start if service else None, there

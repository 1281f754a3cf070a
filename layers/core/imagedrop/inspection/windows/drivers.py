"""The VirtIO drivers: their services and their files. A driver counts only where both exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows.installation import DRIVERS as FOLDER
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.services import Service, path_in_windows, services


class Driver(NamedTuple):
    """`services`: possible names of its service (virtio-win's .inf files; Huawei's UVP VMTools use the same)."""

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


def driver_starts(windows: Installation, control_set: Callable[[], Key], report: FindingsReport) -> dict[str, str]:
    """Driver -> when it starts (boot, system, auto, manual, disabled), or absent."""
    jobs: tuple[Callable[[], Any], ...] = (
        lambda: windows.memo("driver services", lambda: services(control_set(), *SERVICES)),
        lambda: windows.memo("driver files", lambda: _drivers_with_file(windows)),
    )
    installed, with_file = fetch_together(*jobs)
    found = {name: next((installed[service] for service in driver.services if service in installed), None)
             for name, driver in DRIVERS.items()}  # fmt: skip
    others = [name for name in DRIVERS if name not in with_file]
    images = fetch_together(*[partial(_has_image, windows, found[name]) for name in others])
    has_file = dict.fromkeys(with_file, True) | dict(zip(others, images, strict=True))
    for name, service in found.items():
        if service and service.start and not has_file[name]:
            report.add(kinds.DRIVER_FILE_MISSING, driver=name, file=DRIVERS[name].file)
        elif service and service.overridden == "boot":
            report.add(kinds.DRIVER_START_OVERRIDDEN, driver=name, start=service.start)
        elif has_file[name] and service is None:
            report.add(kinds.DRIVER_NOT_INSTALLED, driver=name, file=DRIVERS[name].file)
    return {name: _start(service) if has_file[name] else "absent" for name, service in found.items()}


def _start(service: Service | None) -> str:
    return (service and service.start) or "absent"


def _drivers_with_file(windows: Installation) -> set[str]:
    """Those whose file is in the usual folder."""
    folder = windows.file(FOLDER)
    if folder is None:
        return set()
    found = fetch_together(*[partial(folder.has, driver.file) for driver in DRIVERS.values()])
    return {name for name, has_file in zip(DRIVERS, found, strict=True) if has_file}


def _has_image(windows: Installation, service: Service | None) -> bool:
    """Whether the file is where its service says: newer Windows start some drivers from the driver store."""
    if service is None or service.image is None:
        return False
    path = path_in_windows(service.image)
    return path is None or windows.has_file(path)

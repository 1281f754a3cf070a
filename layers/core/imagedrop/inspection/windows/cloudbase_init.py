"""Cloudbase-Init: without it a server of this image gets no new password and no user data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.services import Service, services

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SERVICE = "cloudbase-init"
PROGRAMS = ("Program Files", "Program Files (x86)")
FOLDER = "Cloudbase Solutions/Cloudbase-Init"


def installed(windows: Installation, current: Callable[[], Key], report: FindingsReport) -> bool:
    """By its service or its folder; says where one is without the other, or nothing starts it."""
    jobs: tuple[Callable[[], Any], ...] = (lambda: services(current(), SERVICE), lambda: _folder(windows))
    found, folder = fetch_together(*jobs)
    service: Service | None = found.get(SERVICE)
    if service is None:
        report.add(kinds.CLOUDBASE_INIT_NOT_INSTALLED if folder else kinds.NO_CLOUDBASE_INIT)
    elif service.start == "disabled":
        report.add(kinds.CLOUDBASE_INIT_DISABLED)
    return service is not None or bool(folder)


def _folder(windows: Installation) -> bool:
    return any(fetch_together(*[partial(_holds, windows, program) for program in PROGRAMS]))


def _holds(windows: Installation, program: str) -> bool:
    return windows.volume.find(f"{program}/{FOLDER}") is not None

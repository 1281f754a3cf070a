"""Cloudbase-Init: without it a server of this image gets no new password and no user data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.registry import Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.services import Service, services

SERVICE = "cloudbase-init"
FOLDERS = (
    "Program Files/Cloudbase Solutions/Cloudbase-Init",
    "Program Files (x86)/Cloudbase Solutions/Cloudbase-Init",
)


def is_installed(windows: Installation, control_set: Callable[[], Key], report: FindingsReport) -> bool:
    """By its service or its folder. Reports a folder without a service, and a service that is disabled."""
    jobs: tuple[Callable[[], Any], ...] = (lambda: services(control_set(), SERVICE), lambda: _has_folder(windows))
    found, folder = fetch_together(*jobs)
    service: Service | None = found.get(SERVICE)
    if service is None:
        report.add(kinds.CLOUDBASE_INIT_NOT_INSTALLED if folder else kinds.NO_CLOUDBASE_INIT)
    elif service.start == "disabled":
        report.add(kinds.CLOUDBASE_INIT_DISABLED)
    return service is not None or bool(folder)


def _has_folder(windows: Installation) -> bool:
    return any(fetch_together(*[partial(windows.volume.find, folder) for folder in FOLDERS]))

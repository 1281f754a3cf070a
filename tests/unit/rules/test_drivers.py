"""The VirtIO drivers: which are missed where, and whether IMS can help."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import has_errors
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import WindowsFacts
from imagedrop.rules import InspectedFile
from tests.unit.rules.cases import bitmap, check_drop, check_file, facts, ids, inspected, requested, windows

NONE = {"viostor": "absent", "vioscsi": "absent", "netkvm": "manual"}
BITMAP = (bitmap("windows/win.mf"),)
UNLISTED = kinds.OS_UNLISTED(product="Windows 11 Pro", build=22631)


def image(firmware: str = "bios", drivers: dict[str, str] | None = NONE, **changes: Any) -> InspectedFile:
    return inspected(found=facts(hw_firmware_type=firmware, windows=windows(drivers=drivers), **changes))


@pytest.mark.parametrize("fields", [{}, {"is_config": True}, {"is_config": False}])
def test_missing_disk_driver_is_an_error_with_uefi(fields: dict[str, Any]) -> None:
    (finding,) = check_drop(fields, image("uefi")).findings
    assert (finding.id, finding.severity) == ("drivers.disk_uefi", "error")
    assert "viostor absent, vioscsi absent" in finding.message
    assert ids(check_file(image("uefi"))) == ["drivers.disk_uefi"]


def test_missing_disk_driver_is_an_error_on_the_fast_channel() -> None:
    raw = inspected("windows/win.raw", facts(format="raw", hw_firmware_type="bios", windows=windows(drivers=NONE)))
    verdict = check_drop({"is_quick_import": True}, raw, BITMAP)
    assert [(finding.id, finding.severity) for finding in verdict.findings] == [
        ("drivers.disk_fast", "error"),
        ("config.off_fast", "info"),
    ]


@pytest.mark.parametrize("fields", [{}, {"is_config": True}])
def test_missing_disk_driver_is_an_info_with_bios_as_ims_installs_it(fields: dict[str, Any]) -> None:
    verdict = check_drop(fields, image())
    assert (ids(verdict), requested(verdict)["is_config"]) == (["drivers.injected"], True)


def test_missing_disk_driver_is_an_error_with_bios_if_ims_does_not_install_it() -> None:
    (finding,) = check_drop({"is_config": False}, image()).findings
    assert (finding.id, finding.severity, finding.field) == ("drivers.disk", "error", "/is_config")
    given = facts(hw_firmware_type="bios", windows=windows(drivers=NONE, os_version=None))
    eleven = inspected(found=given, findings=(UNLISTED,))
    assert ids(check_drop(image=eleven))[0] == "drivers.disk"
    assert ids(check_drop({"is_config": True}, eleven))[0] == "drivers.disk"


@pytest.mark.parametrize("start", ["system", "auto", "manual", "disabled", "absent"])
def test_disk_driver_counts_only_if_it_starts_at_boot(start: str) -> None:
    assert has_errors(check_drop(image=image("uefi", {"viostor": start, "vioscsi": "absent"})).findings)
    assert ids(check_drop(image=image("uefi", {"viostor": start, "vioscsi": "boot"}))) == []


@pytest.mark.parametrize(("start", "found"), [("manual", []), ("boot", []), ("absent", 1), ("disabled", 1)])
def test_missing_network_driver_is_a_warning(start: str, found: Any) -> None:
    verdict = check_drop(image=image("uefi", {"viostor": "boot", "netkvm": start}))
    wanted = [("drivers.network", "warning")] if found else []
    assert [(finding.id, finding.severity) for finding in verdict.findings] == wanted


@pytest.mark.parametrize("inside", [None, windows(drivers=None), windows(drivers={}), WindowsFacts()])
def test_drivers_are_not_checked_if_the_registry_was_not_read(inside: WindowsFacts | None) -> None:
    for firmware in ("bios", "uefi"):
        verdict = check_drop({"is_config": False}, inspected(found=facts(hw_firmware_type=firmware, windows=inside)))
        assert ids(verdict) == []


def test_bare_metal_images_need_no_drivers() -> None:
    assert ids(check_drop({"type": "BMS", "is_config": False}, image("uefi", {**NONE, "netkvm": "absent"}))) == []

"""The VirtIO drivers: which are missed where, and whether IMS can help."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import has_errors
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import WindowsFacts
from imagedrop.rules import Subject
from tests.unit.rules.cases import alone, bitmap, facts, ids, judged, subject, windows

NONE = {"viostor": "absent", "vioscsi": "absent", "netkvm": "manual"}
BITMAP = (bitmap("windows/win.mf"),)
UNLISTED = kinds.OS_UNLISTED(product="Windows 11 Pro", build=22631)


def image(firmware: str = "bios", drivers: dict[str, str] | None = NONE, **changes: Any) -> Subject:
    return subject(given=facts(hw_firmware_type=firmware, windows=windows(drivers=drivers), **changes))


@pytest.mark.parametrize("said", [{}, {"is_config": True}, {"is_config": False}])
def test_with_uefi_a_missing_disk_driver_is_an_error_since_ims_cannot_put_it_in(said: dict[str, Any]) -> None:
    (finding,) = judged(said, image("uefi")).findings
    assert (finding.id, finding.severity) == ("drivers.disk_uefi", "error")
    assert "viostor absent, vioscsi absent" in finding.message
    assert ids(alone(image("uefi"))) == ["drivers.disk_uefi"]


def test_on_the_fast_channel_it_is_an_error_whatever_the_firmware() -> None:
    raw = subject("windows/win.raw", facts(format="raw", hw_firmware_type="bios", windows=windows(drivers=NONE)))
    verdict = judged({"is_quick_import": True}, raw, BITMAP)
    assert [(one.id, one.severity) for one in verdict.findings] == [
        ("drivers.disk_fast", "error"),
        ("config.off_fast", "info"),
    ]


@pytest.mark.parametrize("said", [{}, {"is_config": True}])
def test_with_bios_ims_puts_it_in(said: dict[str, Any]) -> None:
    verdict = judged(said, image())
    assert (ids(verdict), verdict.request["is_config"]) == (["drivers.injected"], True)


def test_with_bios_it_is_an_error_where_ims_is_told_not_to_or_cannot() -> None:
    (finding,) = judged({"is_config": False}, image()).findings
    assert (finding.id, finding.severity, finding.field) == ("drivers.disk", "error", "/is_config")
    given = facts(hw_firmware_type="bios", windows=windows(drivers=NONE, os_version=None))
    eleven = subject(given=given, findings=(UNLISTED,))
    assert ids(judged(image=eleven))[0] == "drivers.disk"
    assert ids(judged({"is_config": True}, eleven))[0] == "drivers.disk"


@pytest.mark.parametrize("start", ["system", "auto", "manual", "disabled", "absent"])
def test_a_disk_driver_counts_only_if_it_starts_at_boot(start: str) -> None:
    assert has_errors(judged(image=image("uefi", {"viostor": start, "vioscsi": "absent"})).findings)
    assert ids(judged(image=image("uefi", {"viostor": start, "vioscsi": "boot"}))) == []


@pytest.mark.parametrize(("start", "found"), [("manual", []), ("boot", []), ("absent", 1), ("disabled", 1)])
def test_without_a_network_driver_there_is_a_warning(start: str, found: Any) -> None:
    verdict = judged(image=image("uefi", {"viostor": "boot", "netkvm": start}))
    wanted = [("drivers.network", "warning")] if found else []
    assert [(one.id, one.severity) for one in verdict.findings] == wanted


@pytest.mark.parametrize("inside", [None, windows(drivers=None), windows(drivers={}), WindowsFacts()])
def test_what_was_not_read_is_not_judged(inside: WindowsFacts | None) -> None:
    for firmware in ("bios", "uefi"):
        verdict = judged({"is_config": False}, subject(given=facts(hw_firmware_type=firmware, windows=inside)))
        assert ids(verdict) == []


def test_bare_metal_needs_none() -> None:
    assert ids(judged({"type": "BMS", "is_config": False}, image("uefi", {**NONE, "netkvm": "absent"}))) == []

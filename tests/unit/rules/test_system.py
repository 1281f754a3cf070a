"""Operating system, processor, boot mode and automatic configuration, if sidecar and image agree and if they differ."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import inspection as kinds
from tests.unit.rules.cases import (
    WINDOWS_2022,
    bitmap,
    check_drop,
    check_file,
    facts,
    ids,
    inspected,
    location,
    requested,
    windows,
)

WINDOWS_2019 = "Windows Server 2019 Standard 64bit"
LINUX = {"os_type": "Linux", "os_version": "Ubuntu 24.04 server 64bit"}


def image(**changes: Any) -> Any:
    return inspected(found=facts(**changes))


def raw(**changes: Any) -> Any:
    return inspected("windows/win.raw", facts(format="raw", **changes))


BITMAP = (bitmap("windows/win.mf"),)
UNLISTED = kinds.OS_UNLISTED(product="Windows 11 Pro", build=22631)
A_LINUX = inspected(found=facts(windows=None, hw_firmware_type="bios"), findings=(kinds.LINUX(),))
UNREAD = image(windows=None)
UNREAD_BIOS = image(windows=None, hw_firmware_type="bios")


def test_omitted_fields_are_read_from_the_image() -> None:
    request = requested(check_drop())
    wanted = {"os_type": "Windows", "os_version": WINDOWS_2022, "architecture": "x86", "hw_firmware_type": "uefi"}
    assert wanted.items() <= request.items()


def test_fields_equal_to_the_image_lead_to_no_finding() -> None:
    fields = {"os_type": "Windows", "os_version": WINDOWS_2022, "architecture": "x86", "hw_firmware_type": "uefi"}
    assert ids(check_drop(fields)) == []


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"os_version": WINDOWS_2019}, ["/os_version"]),
        ({"architecture": "arm"}, ["/architecture"]),
        (LINUX, ["/os_type", "/os_version"]),
    ],
)
def test_image_takes_precedence_for_system_and_processor(fields: dict[str, Any], pointers: list[str]) -> None:
    verdict = check_drop(fields)
    assert [(finding.id, finding.severity, finding.field) for finding in verdict.findings] == [
        ("os.differs", "warning", field) for field in pointers
    ]
    assert requested(verdict)["os_type"] == "Windows"
    assert requested(verdict)["os_version"] == WINDOWS_2022
    assert requested(verdict)["architecture"] == "x86"


@pytest.mark.parametrize("fields", [{"os_version": WINDOWS_2019}, {"architecture": "arm"}])
def test_system_or_processor_other_than_in_the_image_is_an_error_on_the_fast_channel(fields: dict[str, Any]) -> None:
    verdict = check_drop({**fields, "is_quick_import": True}, raw(), BITMAP)
    assert ids(verdict)[0] == "os.differs_fast"
    assert verdict.request is None


def test_sidecar_counts_if_the_image_does_not_show_the_system() -> None:
    verdict = check_drop({"os_version": WINDOWS_2019, "architecture": "x86"}, UNREAD)
    assert requested(verdict)["os_type"] == "Windows"
    assert requested(verdict)["os_version"] == WINDOWS_2019


def test_unknown_system_is_left_out_of_the_request() -> None:
    verdict = check_drop(image=UNREAD)
    assert not {"os_type", "os_version", "architecture"} & set(requested(verdict))
    assert requested(verdict)["name"] == "win"


def test_version_of_linux_in_the_sidecar_is_not_used_for_a_windows_image() -> None:
    verdict = check_drop(LINUX, image(windows=windows(os_version=None)))
    assert requested(verdict)["os_type"] == "Windows"
    assert "os_version" not in requested(verdict)


def test_version_in_the_sidecar_is_used_for_a_windows_of_unknown_version() -> None:
    verdict = check_drop({"os_version": WINDOWS_2019}, image(windows=windows(os_version=None)))
    assert (ids(verdict), requested(verdict)["os_version"]) == ([], WINDOWS_2019)


@pytest.mark.parametrize(
    ("fields", "field"), [({"os_type": "Windows"}, "/os_type"), ({"os_version": WINDOWS_2019}, "/os_version")]
)
def test_sidecar_for_windows_with_a_linux_image_is_an_error(fields: dict[str, Any], field: str) -> None:
    (finding, _) = check_drop(fields, A_LINUX).findings
    assert (finding.id, finding.severity, finding.field) == ("os.linux_inside", "error", field)


def test_linux_image_is_registered_as_linux_without_os_type_in_the_sidecar() -> None:
    assert ids(check_drop(LINUX, A_LINUX)) == ["image.linux"]
    verdict = check_drop(image=A_LINUX)
    assert (ids(verdict), requested(verdict)["os_type"]) == (["image.linux"], "Linux")


@pytest.mark.parametrize(
    ("fields", "inside"),
    [
        ({}, windows(architecture="x86", os_version="Windows 7 Professional 32bit")),
        ({}, windows(architecture="x86", os_version=None)),
        ({"os_version": "Windows 7 Professional 32bit"}, None),
    ],
)
def test_32_bit_windows_is_an_info(fields: dict[str, Any], inside: Any) -> None:
    found = check_drop(fields, image(windows=inside, hw_firmware_type="bios")).findings
    assert [(finding.id, finding.severity) for finding in found] == [("os.bits_32", "info")]


def test_fast_channel_requires_os_version_if_the_image_does_not_show_it() -> None:
    assert "os.version_needed" in ids(check_drop({"is_quick_import": True}, raw(windows=None), BITMAP))
    assert "os.version_needed" not in ids(check_drop({"is_quick_import": True}, raw(), BITMAP))


def test_windows_is_an_error_in_a_region_without_windows() -> None:
    where = location(ims_allows_windows=False)
    assert ids(check_drop(where=where)) == ["os.windows_not_taken"]
    assert ids(check_drop(LINUX, UNREAD_BIOS, where=where)) == []


def test_windows_for_arm_is_an_error() -> None:
    arm = image(windows=windows(architecture="arm64", os_version=None))
    assert ids(check_drop(image=arm)) == ["os.windows_on_arm"]


def test_windows_license_for_linux_is_an_error() -> None:
    assert ids(check_drop({**LINUX, "license_type": "byol"}, UNREAD_BIOS)) == ["os.license"]
    assert requested(check_drop({"license_type": "byol"}))["license_type"] == "byol"


# --- firmware ----------------------------------------------------------------------------------------------------


def test_boot_mode_other_than_the_disk_is_an_error() -> None:
    (finding,) = check_drop({"hw_firmware_type": "bios"}).findings
    assert (finding.id, finding.severity, finding.field) == ("firmware.differs", "error", "/hw_firmware_type")


def test_arm_needs_uefi() -> None:
    linux = {**LINUX, "architecture": "arm"}
    assert requested(check_drop(linux, image(windows=None, hw_firmware_type=None)))["hw_firmware_type"] == "uefi"
    assert ids(check_drop(linux, image(windows=None, hw_firmware_type="bios"))) == ["firmware.arm_needs_uefi"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("Windows Server 2008 R2 Standard 64bit", ["firmware.os_without_uefi"]),
        ("Windows 7 Professional 64bit", ["firmware.os_without_uefi"]),
        ("Windows Server 2012 Standard 64bit", []),
        ("Other Windows(64 bit)", ["firmware.os_unlisted", "config.off_os"]),
    ],
)
def test_uefi_with_a_system_not_listed_for_it_is_reported(version: str, expected: list[str]) -> None:
    assert ids(check_drop(image=image(windows=windows(os_version=version)))) == expected


def test_windows_that_ims_does_not_list_is_reported_for_uefi_and_not_prepared() -> None:
    eleven = windows(product_name="Windows 11 Pro", os_version=None)
    image_11 = inspected(found=facts(windows=eleven), findings=(UNLISTED,))
    verdict = check_drop(image=image_11)
    assert ids(verdict) == ["image.os_unlisted", "firmware.os_unlisted", "config.off_os"]
    assert "Windows 11 Pro" in verdict.findings[1].message
    assert "os_version" not in requested(verdict)
    by_bios = inspected(found=facts(windows=eleven, hw_firmware_type="bios"), findings=(UNLISTED,))
    assert ids(check_drop(image=by_bios)) == ["image.os_unlisted", "config.off_os"]
    assert ids(check_drop({"os_version": WINDOWS_2022}, image_11)) == ["image.os_unlisted"]


def test_unknown_boot_mode_is_a_warning_and_left_out_of_the_request() -> None:
    verdict = check_drop(image=image(hw_firmware_type=None))
    assert ids(verdict) == ["firmware.unknown"]
    assert "hw_firmware_type" not in requested(verdict)


# --- automatic configuration -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "is_config", "expected"),
    [
        ({}, True, []),
        ({"windows": windows(drivers={"viostor": "manual", "vioscsi": "boot"})}, True, []),
        ({"windows": windows(drivers=None)}, False, ["config.off_uefi"]),
        ({"windows": windows(drivers=None), "hw_firmware_type": "bios"}, True, []),
        ({"windows": None}, False, ["config.off_uefi"]),
        ({"windows": None, "hw_firmware_type": "bios"}, True, []),
    ],
)
def test_omitted_is_config_is_true_where_it_works(
    changes: dict[str, Any], is_config: bool, expected: list[str]
) -> None:
    verdict = check_drop(image=image(**changes))
    assert (requested(verdict)["is_config"], ids(verdict)) == (is_config, expected)


def test_is_config_is_false_on_the_fast_channel() -> None:
    verdict = check_drop({"is_quick_import": True}, raw(), BITMAP)
    assert (requested(verdict)["is_config"], ids(verdict)) == (False, ["config.off_fast"])


def test_is_config_true_is_sent_with_a_warning_where_it_cannot_work() -> None:
    verdict = check_drop({"is_config": True}, UNREAD)
    assert (requested(verdict)["is_config"], ids(verdict)) == (True, ["config.uefi_drivers"])
    assert requested(check_drop({"is_config": False}))["is_config"] is False


def test_findings_about_the_sidecar_are_left_out_without_one() -> None:
    blind = inspected("a.zvhd2", facts(format="zvhd2", virtual_size=None, windows=None, hw_firmware_type=None))
    assert ids(check_file(blind)) == []

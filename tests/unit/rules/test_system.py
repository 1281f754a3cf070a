"""Who wins where sidecar and file both speak: the system, the processor, the firmware, the configuration."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import inspection as kinds_of_images
from tests.unit.rules.cases import WINDOWS_2022, alone, bitmap, facts, ids, judged, place, subject, windows

WINDOWS_2019 = "Windows Server 2019 Standard 64bit"
LINUX = {"os_type": "Linux", "os_version": "Ubuntu 24.04 server 64bit"}


def image(**changes: Any) -> Any:
    return subject(given=facts(**changes))


def raw(**changes: Any) -> Any:
    return subject("windows/win.raw", facts(format="raw", **changes))


BITMAP = (bitmap("windows/win.mf"),)
UNLISTED = kinds_of_images.OS_UNLISTED(product="Windows 11 Pro", build=22631)
A_LINUX = subject(given=facts(windows=None, hw_firmware_type="bios"), findings=(kinds_of_images.LINUX(),))
UNREAD = image(windows=None)
UNREAD_BIOS = image(windows=None, hw_firmware_type="bios")


def test_what_is_left_out_is_read_from_the_file() -> None:
    request = judged().request
    wanted = {"os_type": "Windows", "os_version": WINDOWS_2022, "architecture": "x86", "hw_firmware_type": "uefi"}
    assert wanted.items() <= request.items()


def test_what_agrees_says_nothing() -> None:
    said = {"os_type": "Windows", "os_version": WINDOWS_2022, "architecture": "x86", "hw_firmware_type": "uefi"}
    assert ids(judged(said)) == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"os_version": WINDOWS_2019}, ["/os_version"]),
        ({"architecture": "arm"}, ["/architecture"]),
        (LINUX, ["/os_type", "/os_version"]),
    ],
)
def test_the_file_wins_for_system_and_processor_with_a_warning(said: dict[str, Any], fields: list[str]) -> None:
    verdict = judged(said)
    assert [(one.id, one.severity, one.field) for one in verdict.findings] == [
        ("os.differs", "warning", field) for field in fields
    ]
    assert verdict.request["os_type"] == "Windows"
    assert verdict.request["os_version"] == WINDOWS_2022
    assert verdict.request["architecture"] == "x86"


@pytest.mark.parametrize("said", [{"os_version": WINDOWS_2019}, {"architecture": "arm"}])
def test_on_the_fast_channel_such_a_contradiction_is_an_error(said: dict[str, Any]) -> None:
    verdict = judged({**said, "is_quick_import": True}, raw(), BITMAP)
    assert ids(verdict)[0] == "os.differs_fast"
    assert verdict.request == {}


def test_the_sidecar_is_believed_where_the_file_says_nothing() -> None:
    verdict = judged({"os_version": WINDOWS_2019, "architecture": "x86"}, UNREAD)
    assert verdict.request["os_type"] == "Windows"
    assert verdict.request["os_version"] == WINDOWS_2019


def test_where_nobody_says_it_ims_is_left_to_find_out() -> None:
    verdict = judged(image=UNREAD)
    assert not {"os_type", "os_version", "architecture"} & set(verdict.request)
    assert verdict.request["name"] == "win"


def test_a_windows_of_unknown_version_takes_none_from_a_sidecar_that_speaks_of_linux() -> None:
    verdict = judged(LINUX, image(windows=windows(os_version=None)))
    assert verdict.request["os_type"] == "Windows"
    assert "os_version" not in verdict.request


def test_a_windows_of_unknown_version_keeps_the_one_that_the_sidecar_says() -> None:
    verdict = judged({"os_version": WINDOWS_2019}, image(windows=windows(os_version=None)))
    assert (ids(verdict), verdict.request["os_version"]) == ([], WINDOWS_2019)


@pytest.mark.parametrize(
    ("said", "field"), [({"os_type": "Windows"}, "/os_type"), ({"os_version": WINDOWS_2019}, "/os_version")]
)
def test_a_sidecar_of_windows_over_a_linux_is_an_error(said: dict[str, Any], field: str) -> None:
    (finding, _) = judged(said, A_LINUX).findings
    assert (finding.id, finding.severity, finding.field) == ("os.linux_inside", "error", field)


def test_a_linux_is_registered_as_one_even_where_the_sidecar_does_not_say_it() -> None:
    assert ids(judged(LINUX, A_LINUX)) == ["image.linux"]
    verdict = judged(image=A_LINUX)
    assert (ids(verdict), verdict.request["os_type"]) == (["image.linux"], "Linux")


@pytest.mark.parametrize(
    ("said", "inside"),
    [
        ({}, windows(architecture="x86", os_version="Windows 7 Professional 32bit")),
        ({}, windows(architecture="x86", os_version=None)),
        ({"os_version": "Windows 7 Professional 32bit"}, None),
    ],
)
def test_a_32_bit_windows_is_told_how_much_memory_it_uses(said: dict[str, Any], inside: Any) -> None:
    found = judged(said, image(windows=inside, hw_firmware_type="bios")).findings
    assert [(one.id, one.severity) for one in found] == [("os.bits_32", "info")]


def test_the_fast_channel_must_be_told_the_version() -> None:
    assert "os.version_needed" in ids(judged({"is_quick_import": True}, raw(windows=None), BITMAP))
    assert "os.version_needed" not in ids(judged({"is_quick_import": True}, raw(), BITMAP))


def test_a_region_without_windows_refuses_windows_only() -> None:
    where = place(ims_allows_windows=False)
    assert ids(judged(where=where)) == ["os.windows_not_taken"]
    assert ids(judged(LINUX, UNREAD_BIOS, where=where)) == []


def test_there_is_no_windows_for_arm_in_ims() -> None:
    arm = image(windows=windows(architecture="arm64", os_version=None))
    assert ids(judged(image=arm)) == ["os.windows_on_arm"]


def test_a_windows_licence_on_linux_is_refused() -> None:
    assert ids(judged({**LINUX, "license_type": "byol"}, UNREAD_BIOS)) == ["os.license"]
    assert judged({"license_type": "byol"}).request["license_type"] == "byol"


# --- firmware ----------------------------------------------------------------------------------------------------


def test_a_boot_mode_that_contradicts_the_disk_is_an_error() -> None:
    (finding,) = judged({"hw_firmware_type": "bios"}).findings
    assert (finding.id, finding.severity, finding.field) == ("firmware.differs", "error", "/hw_firmware_type")


def test_arm_means_uefi() -> None:
    linux = {**LINUX, "architecture": "arm"}
    assert judged(linux, image(windows=None, hw_firmware_type=None)).request["hw_firmware_type"] == "uefi"
    assert ids(judged(linux, image(windows=None, hw_firmware_type="bios"))) == ["firmware.arm_needs_uefi"]


@pytest.mark.parametrize(
    ("version", "kinds"),
    [
        ("Windows Server 2008 R2 Standard 64bit", ["firmware.os_without_uefi"]),
        ("Windows 7 Professional 64bit", ["firmware.os_without_uefi"]),
        ("Windows Server 2012 Standard 64bit", []),
        ("Other Windows(64 bit)", ["firmware.os_unlisted", "config.off_os"]),
    ],
)
def test_only_listed_systems_start_with_uefi(version: str, kinds: list[str]) -> None:
    assert ids(judged(image=image(windows=windows(os_version=version)))) == kinds


def test_a_windows_that_ims_does_not_list_may_not_start_with_uefi_and_is_not_prepared() -> None:
    eleven = windows(product_name="Windows 11 Pro", os_version=None)
    inspected = subject(given=facts(windows=eleven), findings=(UNLISTED,))
    verdict = judged(image=inspected)
    assert ids(verdict) == ["image.os_unlisted", "firmware.os_unlisted", "config.off_os"]
    assert "Windows 11 Pro" in verdict.findings[1].message
    assert "os_version" not in verdict.request
    by_bios = subject(given=facts(windows=eleven, hw_firmware_type="bios"), findings=(UNLISTED,))
    assert ids(judged(image=by_bios)) == ["image.os_unlisted", "config.off_os"]
    assert ids(judged({"os_version": WINDOWS_2022}, inspected)) == ["image.os_unlisted"]


def test_an_unknown_boot_mode_is_a_warning_and_not_guessed() -> None:
    verdict = judged(image=image(hw_firmware_type=None))
    assert ids(verdict) == ["firmware.unknown"]
    assert "hw_firmware_type" not in verdict.request


# --- automatic configuration -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "done", "kinds"),
    [
        ({}, True, []),
        ({"windows": windows(drivers={"viostor": "manual", "vioscsi": "boot"})}, True, []),
        ({"windows": windows(drivers=None)}, False, ["config.off_uefi"]),
        ({"windows": windows(drivers=None), "hw_firmware_type": "bios"}, True, []),
        ({"windows": None}, False, ["config.off_uefi"]),
        ({"windows": None, "hw_firmware_type": "bios"}, True, []),
    ],
)
def test_left_out_the_system_is_prepared_where_that_can_work(
    changes: dict[str, Any], done: bool, kinds: list[str]
) -> None:
    verdict = judged(image=image(**changes))
    assert (verdict.request["is_config"], ids(verdict)) == (done, kinds)


def test_on_the_fast_channel_nothing_is_prepared() -> None:
    verdict = judged({"is_quick_import": True}, raw(), BITMAP)
    assert (verdict.request["is_config"], ids(verdict)) == (False, ["config.off_fast"])


def test_asked_for_where_it_cannot_work_it_is_sent_with_a_warning() -> None:
    verdict = judged({"is_config": True}, UNREAD)
    assert (verdict.request["is_config"], ids(verdict)) == (True, ["config.uefi_drivers"])
    assert judged({"is_config": False}).request["is_config"] is False


def test_a_file_alone_is_not_told_what_only_a_sidecar_can_mend() -> None:
    blind = subject("a.zvhd2", facts(format="zvhd2", virtual_size=None, windows=None, hw_firmware_type=None))
    assert ids(alone(blind)) == []

"""The findings about the content of an image: on disks built by independent tools, and on faked registry values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from imagedrop.findings import Finding
from imagedrop.inspection import inspect
from imagedrop.inspection.facts import Partition
from imagedrop.inspection.findings_report import FindingsReport
from imagedrop.inspection.firmware import BootManager
from imagedrop.inspection.partitions import Layout
from imagedrop.inspection.summary import SystemFacts, system_facts
from imagedrop.inspection.windows import guest_tools
from imagedrop.inspection.windows.control_set import read_settings
from imagedrop.inspection.windows.drivers import driver_starts
from imagedrop.inspection.windows.facts import WindowsEvidence, report_preparation
from imagedrop.inspection.windows.volumes import VolumeFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import InspectedFile, Location, check
from imagedrop.settings import Settings
from tests.unit.inspection.images import MemorySource
from tests.unit.inspection.windows.images import windows_image

NTFS: Any = "ntfs"
GAP = 1 << 20


def findings_of(name: str, role: Any = "system") -> dict[str, Finding]:
    """All findings about the disk without a sidecar, by id."""
    data = MemorySource(windows_image(name))
    seen = inspect(data, file_name=f"{name}.qcow2", role=role)
    head = ObjectHead(key=f"{name}.qcow2", etag="", size=data.size, last_modified="")
    verdict = check(None, InspectedFile(head, seen.facts, seen.findings), {}, Location(settings=Settings()))
    return {finding.id: finding for finding in verdict.findings}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("server-2022", {"image.not_generalized"}),
        ("sysprepped", set()),
        ("bitlocker", {"image.bitlocker"}),
        ("hibernated", {"image.hibernated", "image.not_generalized"}),
        ("volume-dirty", {"image.ntfs_dirty", "image.not_generalized"}),
        ("hive-open", {"image.hive_dirty", "image.not_generalized"}),
        ("two-windows", {"image.several_windows", "image.not_generalized"}),
        ("boot-alone", {"image.windows_elsewhere"}),
        ("linux", {"image.linux"}),
        ("data", {"image.data_disk"}),
        ("no-drivers", {"drivers.disk_uefi", "drivers.network", "image.no_cloudbase_init", "image.not_generalized"}),
        ("server-2016", {"drivers.disk_uefi", "drivers.network", "image.not_generalized"}),
        ("windows-10", {"image.cloudbase_init_not_installed", "image.not_generalized"}),
        (
            "windows-11",
            {"image.cloudbase_init_disabled", "image.os_unlisted", "firmware.os_unlisted", "image.not_generalized"},
        ),
        ("server-2008-r2", {"image.not_recorded", "image.not_generalized"}),
    ],
)
def test_disk_has_exactly_the_findings_of_its_content(name: str, found: set[str]) -> None:
    assert set(findings_of(name)) == found


def test_driver_without_its_file_is_reported_and_does_not_count() -> None:
    findings = findings_of("services-without-files")
    assert findings.keys() >= {"image.driver_file_missing", "drivers.disk_uefi"}
    assert "viostor absent, vioscsi absent" in findings["drivers.disk_uefi"].message


def test_32_bit_windows_on_a_disk_is_an_info() -> None:
    assert findings_of("windows-7-x86")["os.bits_32"].severity == "info"


def test_windows_for_arm_on_a_disk_is_an_error() -> None:
    assert findings_of("windows-11-arm64")["os.windows_on_arm"].severity == "error"


def test_windows_on_a_data_disk_is_a_warning() -> None:
    assert findings_of("server-2022", "data")["image.windows_on_data_disk"].severity == "warning"


# --- registry values ---------------------------------------------------------------------------------------------


class FakeKey:
    """A registry key: the values of paths below it."""

    def __init__(self, content: Mapping[str, Mapping[str, Any]], path: str = "") -> None:
        self._content, self._path = content, path

    def subkey(self, path: str) -> FakeKey | None:
        whole = f"{self._path}{path}"
        there = any(name == whole or name.startswith(f"{whole}\\") for name in self._content)
        return FakeKey(self._content, f"{whole}\\") if there else None

    def subkeys(self, *names: str) -> dict[str, FakeKey | None]:
        return {name: self.subkey(name) for name in names}

    def names(self, most: int) -> list[str]:
        below = [name.removeprefix(self._path) for name in self._content if name.startswith(self._path)]
        return list(dict.fromkeys(name.split("\\")[0] for name in below))[:most]

    def values(self, *names: str) -> dict[str, Any]:
        known = self._content.get(self._path.removesuffix("\\"), {})
        return {name: known[name] for name in names if name in known}


def registry_key(content: Mapping[str, Mapping[str, Any]]) -> Any:
    return FakeKey(content)


INTERFACE = "Services\\Tcpip\\Parameters\\Interfaces\\{1}"


def state(current: Mapping[str, Mapping[str, Any]], image_state: str | None = None) -> list[tuple[str, str]]:
    report = FindingsReport("w.vhd", 0)
    report_preparation(WindowsEvidence(None, image_state, read_settings(registry_key(current)), None, None), report)
    return [(finding.id, finding.message) for finding in report.findings]


def test_static_address_is_a_warning() -> None:
    ((kind, message),) = state({INTERFACE: {"EnableDHCP": 0, "IPAddress": ["192.0.2.7"]}})
    assert (kind, "192.0.2.7" in message) == ("image.static_address", True)
    assert state({INTERFACE: {"EnableDHCP": 1, "IPAddress": ["192.0.2.7"]}}) == []
    assert state({INTERFACE: {"EnableDHCP": 0, "IPAddress": ["0.0.0.0"]}}) == []
    assert state({INTERFACE: {}}) == []


def test_remote_desktop_is_reported_off_only_if_the_registry_says_so() -> None:
    key = "Control\\Terminal Server"
    assert [kind for kind, _ in state({key: {"fDenyTSConnections": 1}})] == ["image.remote_desktop_off"]
    assert state({key: {"fDenyTSConnections": 0}}) == []
    assert state({}) == []


@pytest.mark.parametrize(
    ("image_state", "found"),
    [
        ("IMAGE_STATE_COMPLETE", ["image.not_generalized"]),
        ("IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", []),
        ("IMAGE_STATE_UNDEPLOYABLE", ["image.image_state"]),
        ("IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT", ["image.image_state"]),
        (None, []),
    ],
)
def test_unfinished_setup_is_a_warning(image_state: str | None, found: list[str]) -> None:
    assert [kind for kind, _ in state({}, image_state)] == found


def test_tools_of_other_platforms_are_reported_by_name() -> None:
    report = FindingsReport("w.vhd", 0)
    guest_tools.report_foreign_tools(
        registry_key({"Services\\VMTools": {"Start": 2}, "Services\\VBoxService": {"Start": 2}}), report
    )
    (finding,) = report.findings
    assert finding.id == "image.foreign_tools"
    assert "VMware Tools, VirtualBox Guest Additions" in finding.message


class FakeInstallation:
    """A Windows folder that contains these driver files."""

    def __init__(self, *files: str) -> None:
        self._files = files

    def memo(self, key: str, job: Callable[[], Any]) -> Any:
        return job()

    def file(self, path: str) -> FakeInstallation:
        return self

    def has(self, name: str) -> bool:
        return name in self._files

    has_file = has


def installation(*files: str) -> Any:
    return FakeInstallation(*files)


def test_driver_file_without_its_service_is_an_info() -> None:
    report = FindingsReport("w.vhd", 0)
    found = driver_starts(installation("viostor.sys"), lambda: registry_key({"Services": {}}), report)
    assert [(finding.id, finding.severity) for finding in report.findings] == [("image.driver_not_installed", "info")]
    assert set(found.values()) == {"absent"}


def test_start_override_of_a_driver_counts_and_is_reported() -> None:
    report = FindingsReport("w.vhd", 0)
    viostor = {"Services\\viostor": {"Start": 0}, "Services\\viostor\\StartOverride": {"0": 3}}
    found = driver_starts(installation("viostor.sys"), lambda: registry_key(viostor), report)
    assert [(finding.id, finding.severity) for finding in report.findings] == [
        ("image.driver_start_overridden", "warning")
    ]
    assert found["viostor"] == "manual"
    assert "changes its start type to manual" in report.findings[0].message


# --- the disk as a whole ------------------------------------------------------------------------------------------


def volume(start: int, *, boots: bool | None = False, windows: WindowsEvidence | None = None) -> VolumeFacts:
    return VolumeFacts(start, dirty=False, hibernated=False, boot_files=boots, windows=windows, searched=True)


def of_disk(
    layout: Layout, volumes: list[VolumeFacts], manager: BootManager | None = None
) -> tuple[SystemFacts, set[str]]:
    report = FindingsReport("w.vhd", 0)
    no_container: Any = None
    found = system_facts(no_container, layout, manager, volumes, "system", report)
    return found, {finding.id for finding in report.findings} - {"image.windows_unread"}


def mbr(active: int | None, *filesystems: Any) -> Layout:
    parts = [Partition(GAP * (1 + at), GAP, "0x07", filesystem) for at, filesystem in enumerate(filesystems)]
    return Layout("mbr", parts, active=active)


WINDOWS = WindowsEvidence(None, None, None, None, None)


def test_fast_startup_is_an_info_unless_windows_is_hibernated() -> None:
    on = read_settings(registry_key({"Control\\Session Manager\\Power": {"HiberbootEnabled": 1}}))
    running = volume(GAP, boots=True, windows=WINDOWS._replace(settings=on))
    assert "image.fast_startup" in of_disk(mbr(GAP, NTFS), [running])[1]
    assert "image.fast_startup" not in of_disk(mbr(GAP, NTFS), [running._replace(hibernated=True)])[1]


def test_active_partition_without_boot_files_is_an_error() -> None:
    layout = mbr(GAP, NTFS)
    assert "image.no_boot_files" in of_disk(layout, [volume(GAP, windows=WINDOWS)])[1]
    assert "image.no_boot_files" not in of_disk(layout, [volume(GAP, boots=True, windows=WINDOWS)])[1]
    assert "image.no_boot_files" not in of_disk(layout, [volume(GAP, boots=None, windows=WINDOWS)])[1]


def test_boot_files_without_windows_are_an_error() -> None:
    assert of_disk(mbr(GAP, NTFS), [volume(GAP, boots=True)])[1] == {"image.windows_elsewhere"}
    esp = Layout("gpt", [Partition(GAP, GAP, "efi_system", "fat32")])
    assert of_disk(esp, [], BootManager(True, "x86_64"))[1] == {"image.windows_elsewhere"}


def test_disk_that_could_start_without_windows_is_an_error() -> None:
    assert of_disk(mbr(GAP, NTFS), [volume(GAP)])[1] == {"image.no_windows"}


def test_disk_of_empty_partitions_is_blank() -> None:
    assert of_disk(mbr(None, None, None), [])[1] == {"image.blank"}


def test_boot_manager_and_windows_for_different_processors_are_a_warning() -> None:
    layout = Layout("gpt", [Partition(GAP, GAP, "efi_system", "fat32"), Partition(2 * GAP, GAP, "basic_data", NTFS)])
    windows = WINDOWS._replace(kernel="x86_64")
    assert "image.architectures_differ" in of_disk(
        layout, [volume(2 * GAP, windows=windows)], BootManager(True, "arm64")
    )[1]  # fmt: skip
    assert "image.architectures_differ" not in of_disk(
        layout, [volume(2 * GAP, windows=windows)], BootManager(True, "x86_64")
    )[1]  # fmt: skip

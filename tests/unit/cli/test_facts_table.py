"""The facts of an image, printed for people."""

from __future__ import annotations

import pytest

from imagedrop.inspection.facts import DiskFacts, WindowsFacts
from imagedrop_cli import facts_table

SERVER = WindowsFacts(
    product_name="Windows Server 2022 Datacenter",
    build=20348,
    ubr=3091,
    display_version="21H2",
    architecture="x86_64",
    drivers={"viostor": "boot", "vioscsi": "absent", "netkvm": "manual"},
    cloudbase_init=True,
    image_state="IMAGE_STATE_COMPLETE",
    os_version="Windows Server 2022 Datacenter 64bit",
)


def lines(**facts: object) -> dict[str, str]:
    return dict(facts_table.lines(DiskFacts(**facts)))  # type: ignore[arg-type]


def test_facts_of_windows_server() -> None:
    assert lines(windows=SERVER) == {
        "Windows": "Windows Server 2022 Datacenter 21H2, build 20348.3091, x86_64",
        "os_version": "Windows Server 2022 Datacenter 64bit",
        "drivers": "viostor boot, netkvm manual; absent: vioscsi",
        "Cloudbase-Init": "installed",
        "image state": "complete, not generalized (no sysprep)",
    }


def test_unknown_facts_are_question_marks() -> None:
    assert lines(windows=WindowsFacts(architecture="arm64")) == {
        "Windows": "arm64",
        "drivers": "?",
        "Cloudbase-Init": "?",
        "image state": "?",
    }
    assert lines() == {}


def test_os_version_that_ims_does_not_list() -> None:
    eleven = WindowsFacts(
        product_name="Windows 11 Pro", build=22631, cloudbase_init=False, drivers={"netkvm": "absent"}
    )
    table = lines(windows=eleven)
    assert (table["os_version"], table["Cloudbase-Init"]) == ("not in IMS's list", "not installed")
    assert table["drivers"] == "absent: netkvm"


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", "generalized (sysprep)"),
        ("IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT", "specialize reseal to audit"),
        ("odd", "odd"),
    ],
)
def test_image_state_in_words(state: str, shown: str) -> None:
    assert lines(windows=WindowsFacts(image_state=state))["image state"] == shown


def test_volume_flags_in_words() -> None:
    assert lines(bitlocker=False, ntfs_dirty=False) == {"volumes": "no BitLocker, NTFS clean"}
    assert lines(bitlocker=False, hibernated=True, ntfs_dirty=True) == {
        "volumes": "no BitLocker",
        "warning": "NTFS dirty, hibernated",
    }

"""What is in an image, as it is told to a person."""

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


def said(**facts: object) -> dict[str, str]:
    return dict(facts_table.lines(DiskFacts(**facts)))  # type: ignore[arg-type]


def test_a_windows_is_told_whole() -> None:
    assert said(windows=SERVER) == {
        "Windows": "Windows Server 2022 Datacenter 21H2, build 20348.3091, x86_64",
        "os_version": "Windows Server 2022 Datacenter 64bit",
        "drivers": "viostor boot, netkvm manual; absent: vioscsi",
        "Cloudbase-Init": "installed",
        "set-up": "complete, not generalized (no sysprep)",
    }


def test_what_is_not_known_is_a_question_mark_and_never_a_no() -> None:
    assert said(windows=WindowsFacts(architecture="arm64")) == {
        "Windows": "arm64",
        "drivers": "?",
        "Cloudbase-Init": "?",
        "set-up": "?",
    }
    assert said() == {}


def test_a_windows_that_ims_does_not_list_is_told_so() -> None:
    eleven = WindowsFacts(
        product_name="Windows 11 Pro", build=22631, cloudbase_init=False, drivers={"netkvm": "absent"}
    )
    told = said(windows=eleven)
    assert (told["os_version"], told["Cloudbase-Init"]) == ("none that IMS lists", "not installed")
    assert told["drivers"] == "absent: netkvm"


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", "generalized (sysprep), ready for a first start"),
        ("IMAGE_STATE_SPECIALIZE_RESEAL_TO_AUDIT", "specialize reseal to audit"),
        ("odd", "odd"),
    ],
)
def test_the_state_of_set_up_in_words(state: str, shown: str) -> None:
    assert said(windows=WindowsFacts(image_state=state))["set-up"] == shown


def test_how_the_volumes_were_left() -> None:
    assert said(bitlocker=False, ntfs_dirty=False) == {"volumes": "no BitLocker, NTFS clean"}
    assert said(bitlocker=False, hibernated=True, ntfs_dirty=True) == {
        "volumes": "no BitLocker",
        "beware": "NTFS not clean, hibernated",
    }

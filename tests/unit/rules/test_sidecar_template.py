"""The sidecar that `imagedrop init` writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import DiskFacts
from imagedrop.rules import FILL_IN, sidecar_for
from imagedrop.settings import Settings
from imagedrop.sidecar import read
from tests.unit.rules.cases import (
    GIB,
    facts,
    windows,
)


@pytest.mark.parametrize("found", [facts(), DiskFacts(), facts(format="raw", file_size=200 * GIB)])
def test_template_lacks_only_the_owner_address(found: DiskFacts) -> None:
    template = sidecar_for(found, file="Server 2022 (final).qcow2")
    assert template["name"] == "Server-2022-final"
    assert template["owner"] == {"email": FILL_IN}
    assert [finding.field for finding in read(json.dumps(template).encode()).findings] == ["/owner/email"]
    whole = sidecar_for(found, file="a.raw", email="ada@example.com", settings=Settings(min_disk_floor=50))
    assert read(json.dumps(whole).encode()).findings == []


@pytest.mark.parametrize("file", ["", "...", "镜像.vhd", "C:\\images\\a b.vhd", "x" * 300 + ".raw", ".qcow2"])
def test_template_has_a_name_that_ims_accepts(file: str) -> None:
    template = sidecar_for(facts(), file=file, email="ada@example.com")
    assert read(json.dumps(template).encode()).findings == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("disk.vhd", "Windows-Server-2022-Datacenter-20348.3091"),
        ("new-vm-disk-0.vmdk", "Windows-Server-2022-Datacenter-20348.3091"),
        ("C:\\images\\Windows 10.vhdx", "Windows-Server-2022-Datacenter-20348.3091"),
        ("win2022.qcow2", "win2022"),
        ("web01-disk1.vmdk", "web01-disk1"),
        ("系统.vhd", "系统"),
    ],
)
def test_product_name_replaces_a_generic_file_name(file: str, name: str) -> None:
    inside = windows(product_name="Windows Server 2022 Datacenter", build=20348, ubr=3091)
    assert sidecar_for(facts(windows=inside), file=file)["name"] == name


@given(st.text(max_size=40), st.text(max_size=200), st.none() | st.integers(0, 1 << 62))
@settings(max_examples=100, deadline=None)
def test_any_file_and_product_name_leads_to_a_valid_template(file: str, product: str, build: int | None) -> None:
    inside = windows(product_name=product, build=build)
    template = sidecar_for(facts(windows=inside), file=file, email="ada@example.com")
    assert read(json.dumps(template).encode()).findings == []


def test_template_for_a_linux_image_sets_os_type() -> None:
    assert sidecar_for(facts(windows=None), (kinds.LINUX(),), file="web.vhd")["os_type"] == "Linux"

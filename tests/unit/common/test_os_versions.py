"""IMS's os_version of a Windows, by its build, edition and bits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.common import os_versions

SERVERS = {
    (7600, "ServerStandard"): "Windows Server 2008 R2 Standard 64bit",
    (7601, "ServerEnterprise"): "Windows Server 2008 R2 Enterprise 64bit",
    (7601, "ServerEnterpriseCore"): "Windows Server 2008 R2 Enterprise 64bit",
    (7601, "ServerDatacenter"): "Windows Server 2008 R2 Datacenter 64bit",
    (7601, "ServerWeb"): "Windows Server 2008 R2 WEB 64bit",
    (7601, "ServerWebCore"): "Windows Server 2008 R2 WEB 64bit",
    (9200, "ServerStandard"): "Windows Server 2012 Standard 64bit",
    (9200, "ServerDatacenterEval"): "Windows Server 2012 Datacenter 64bit",
    (9600, "ServerDatacenter"): "Windows Server 2012 R2 Datacenter 64bit",
    (9600, "ServerStandardCore"): "Windows Server 2012 R2 Standard 64bit",
    (9600, "ServerSolution"): "Windows Server 2012 Essentials R2 64bit",
    (14393, "ServerStandard"): "Windows Server 2016 Standard 64bit",
    (14393, "ServerDatacenterCor"): "Windows Server 2016 Datacenter 64bit",
    (17763, "ServerStandardEvalCor"): "Windows Server 2019 Standard 64bit",
    (17763, "ServerDatacenterEval"): "Windows Server 2019 Datacenter 64bit",
    (20348, "ServerStandardEval"): "Windows Server 2022 Standard 64bit",
    (20348, "serverdatacenter"): "Windows Server 2022 Datacenter 64bit",
}
CLIENTS = {
    (7601, "Enterprise", 64): "Windows 7 Enterprise 64bit",
    (7601, "EnterpriseN", 64): "Windows 7 Enterprise 64bit",
    (7600, "Professional", 64): "Windows 7 Professional 64bit",
    (7601, "Professional", 32): "Windows 7 Professional 32bit",
    (7601, "ProfessionalKN", 32): "Windows 7 Professional 32bit",
    (10240, "Core", 64): "Windows 10 64bit",
    (17763, "EnterpriseS", 64): "Windows 10 64bit",
    (19045, "EnterpriseEval", 64): "Windows 10 64bit",
    (21999, "Professional", 64): "Windows 10 64bit",
}
UNLISTED = [
    (9200, "ServerSolution", True, 64),  # Essentials of 2012
    (14393, "ServerEnterprise", True, 64),
    (9200, "ServerWeb", True, 64),
    (17763, "ServerDatacenterACor", True, 64),  # semi-annual
    (19042, "ServerStandard", True, 64),
    (20348, "ServerTurbine", True, 64),  # Azure Edition
    (26100, "ServerStandard", True, 64),  # 2025
    (17763, "ServerHyperCore", True, 64),
    (7601, "ServerEnterpriseIA64", True, 64),
    (7601, "ServerStandard", True, 32),
    (7601, "Ultimate", False, 64),
    (7601, "Enterprise", False, 32),
    (9200, "Professional", False, 64),  # 8
    (9600, "Enterprise", False, 64),  # 8.1
    (19045, "Professional", False, 32),
    (22000, "Professional", False, 64),  # 11
    (26100, "Enterprise", False, 64),
    (6002, "ServerStandard", True, 64),
    (0, "", False, 64),
]


@pytest.mark.parametrize(("build", "edition"), SERVERS)
def test_a_server_release_has_its_os_version(build: int, edition: str) -> None:
    assert os_versions.of(build, edition, server=True, bits=64) == SERVERS[build, edition]


@pytest.mark.parametrize(("build", "edition", "bits"), CLIENTS)
def test_a_client_release_has_its_os_version(build: int, edition: str, bits: int) -> None:
    assert os_versions.of(build, edition, server=False, bits=bits) == CLIENTS[build, edition, bits]


@pytest.mark.parametrize(("build", "edition", "server", "bits"), UNLISTED)
def test_a_windows_that_ims_does_not_list_has_no_os_version(build: int, edition: str, server: bool, bits: int) -> None:
    assert os_versions.of(build, edition, server, bits) is None


def test_every_os_version_of_ims_is_the_result_for_some_windows() -> None:
    reached = {*SERVERS.values(), *CLIENTS.values(), *os_versions.UNLISTED}
    reached |= {value.replace("Standard", "Datacenter") for value in reached}
    reached |= {value.replace("Datacenter", "Standard") for value in reached}
    assert set(os_versions.WINDOWS) <= reached


@given(st.integers(-1, 1 << 32), st.text(max_size=30), st.booleans(), st.integers(-1, 128))
def test_any_input_gives_a_listed_os_version_or_none(build: int, edition: str, server: bool, bits: int) -> None:
    assert os_versions.of(build, edition, server, bits) in (None, *os_versions.WINDOWS)


def test_the_module_imports_no_heavy_library() -> None:
    code = "import sys, imagedrop.common.os_versions; sys.exit(bool({'pydantic', 'difflib', 're'} & set(sys.modules)))"
    where = {"PYTHONPATH": str(Path(os_versions.__file__).parents[2])}
    assert subprocess.run([sys.executable, "-S", "-c", code], env=where, check=False).returncode == 0

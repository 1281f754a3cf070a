"""The rules for the fields of create calls, each with its error code."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop_local.gateway import ApiError
from imagedrop_local.ims.create_requests import RequestParser
from imagedrop_local.ims.os_versions import VERSIONS
from imagedrop_local.ims.switches import ImsSwitches

GOOD: dict[str, Any] = {"name": "server", "image_url": "drops:disk.vhd", "min_disk": 40}
SERVER = "Windows Server 2019 Datacenter 64bit"
KEY = "11111111-2222-3333-4444-555555555555"
DATA = {"image_url": "drops:data.vhd", "min_disk": 100}


def code_of(body: dict[str, Any], call: str = "image", **switches: Any) -> str | None:
    """The error code of GOOD with these fields; None removes a field."""
    fields = {name: value for name, value in {**GOOD, **body}.items() if value is not None}
    try:
        getattr(RequestParser(ImsSwitches(**switches)), call)(fields)
    except ApiError as error:
        return error.code
    return None


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": None}, "IMG.0013"),
    ({"name": ""}, "IMG.0013"),
    ({"name": "x" * 129}, "IMG.0002"),
    ({"name": " x"}, "IMG.0003"),
    ({"name": "x "}, "IMG.0003"),
    ({"name": "a/b"}, "IMG.0003"),
    ({"name": "a\n"}, "IMG.0003"),
    ({"name": 7}, "IMG.0003"),
    ({"description": "x" * 1025}, "IMG.0004"),
    ({"description": "a\nb"}, "IMG.0054"),
    ({"description": "a\rb"}, "IMG.0054"),
    ({"description": "<b>"}, "IMG.0054"),
    ({"image_url": None}, "IMG.0017"),
    ({"image_url": "disk.vhd"}, "IMG.0017"),
    ({"image_url": "https://obs/drops/disk.vhd"}, "IMG.0017"),
    ({"image_url": "drops:"}, "IMG.0017"),
    ({"image_url": "drops:/disk.vhd"}, "IMG.0017"),
    ({"min_disk": None}, "IMG.0055"),
    ({"min_disk": "40"}, "IMG.0055"),
    ({"min_disk": True}, "IMG.0055"),
    ({"min_disk": 40.5}, "IMG.0055"),
    ({"min_disk": 39}, "IMG.0055"),
    ({"min_disk": 1025}, "IMG.0055"),
    ({"min_ram": -1}, "IMG.0055"),
    ({"min_ram": 4096, "max_ram": 2048}, "IMG.0055"),
    ({"max_ram": False}, "IMG.0055"),
    ({"max_ram": "4096"}, "IMG.0055"),
    ({"os_version": "Windows 95"}, "IMG.0056"),
    ({"os_version": "Windows Server 2025 Datacenter 64bit"}, "IMG.0056"),
    ({"os_type": "BeOS"}, "IMG.0056"),
    ({"os_type": "Linux", "os_version": SERVER}, "IMG.0056"),
    ({"type": "WholeImage"}, "IMG.0024"),
    ({"type": "IsoImage"}, "IMG.0166"),
    ({"type": "IsoImage", "os_version": SERVER, "cmk_id": KEY}, "IMG.0100"),
    ({"is_quick_import": True}, "IMG.0159"),
    ({"is_quick_import": "true"}, "IMG.0001"),
    ({"is_config": 1}, "IMG.0001"),
    ({"architecture": "x86_64"}, "IMG.0212"),
    ({"hw_firmware_type": "UEFI"}, "IMG.0141"),
    ({"hw_firmware_type": "bios", "architecture": "arm"}, "IMG.0141"),
    ({"hw_firmware_type": "uefi", "os_version": "Windows Server 2008 R2 WEB 64bit"}, "IMG.0141"),
    ({"type": "BMS", "cmk_id": KEY}, "IMG.0118"),
    ({"type": "Ironic", "cmk_id": KEY}, "IMG.0118"),
    ({"cmk_id": "my-key"}, "IMG.0095"),
    ({"is_quick_import": True, "os_version": SERVER, "cmk_id": KEY}, "IMG.0100"),
    ({"enterprise_project_id": "sales"}, "IMG.0155"),
    ({"license_type": "stolen"}, "IMG.0001"),
    ({"tags": ["a.b"], "image_tags": [{"key": "c", "value": "d"}]}, "IMG.0115"),
    ({"image_tags": {"key": "c"}}, "IMG.0115"),
    ({"image_tags": [{"value": "d"}]}, "IMG.0115"),
    ({"image_tags": [{"key": "", "value": "d"}]}, "IMG.0115"),
    ({"image_tags": [{"key": "k" * 37, "value": "d"}]}, "IMG.0115"),
    ({"image_tags": [{"key": "k", "value": "v" * 44}]}, "IMG.0115"),
    ({"image_tags": [{"key": "k", "value": "a b"}]}, "IMG.0115"),
    ({"image_tags": [{"key": "k", "value": 1}]}, "IMG.0115"),
    ({"image_tags": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]}, "IMG.0115"),
    ({"image_tags": [{"key": f"k{n}", "value": ""} for n in range(11)]}, "IMG.0116"),
    ({"data_images": [{**DATA, "image_url": f"drops:{n}.vhd"} for n in range(4)]}, "IMG.0194"),
    ({"data_images": [{**DATA, "min_disk": 0}]}, "IMG.0055"),
    ({"data_images": [{**DATA, "min_disk": 2049}]}, "IMG.0055"),
    ({"data_images": [{**DATA, "name": "a/b"}]}, "IMG.0003"),
    ({"data_images": [{**DATA, "image_url": GOOD["image_url"]}]}, "IMG.0123"),
    ({"data_images": [DATA, DATA]}, "IMG.0123"),
    ({"data_images": DATA}, "IMG.0001"),
    ({"instance_id": KEY}, "IMG.0001"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=str)
def test_create_image_refuses_an_invalid_field_with_its_error_code(body: dict[str, Any], code: str) -> None:
    assert code_of(body) == code


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "中文 名.1_2-3"},
        {"name": "x" * 128, "description": "y" * 1024, "min_disk": 1024},
        {"os_version": SERVER, "os_type": "Windows", "hw_firmware_type": "uefi", "is_config": True},
        {"os_version": "Other Windows(64 bit)"},
        {"architecture": "arm"},
        {"type": "BMS"},
        {"cmk_id": KEY, "enterprise_project_id": KEY},
        {"min_ram": 2048, "max_ram": 4096},
        {"min_ram": 0, "max_ram": 0},
        {"min_ram": 2048, "max_ram": 0},
        {"tags": ["a.b.c", "alone"]},
        {"image_tags": [{"key": "k" * 36, "value": "v" * 43}, {"key": "标签", "value": ""}]},
        {"data_images": [{**DATA, "min_disk": 1, "name": "d", "image_tags": [{"key": "a", "value": "b"}]}]},
        {"is_quick_import": True, "os_version": SERVER},
        {"something_unknown": 1, "is_config_init": True},
    ],
    ids=str,
)
def test_create_image_accepts_every_documented_value(body: dict[str, Any]) -> None:
    assert code_of(body) is None


@pytest.mark.parametrize("version", [version.name for version in VERSIONS])
def test_create_image_accepts_every_listed_os_version(version: str) -> None:
    assert code_of({"os_version": version}) is None


@pytest.mark.parametrize(
    ("call", "body", "code"),
    [
        ("quick", {}, "IMG.0159"),
        ("quick", {"os_version": SERVER}, None),
        ("quick", {"os_version": SERVER, "type": "BMS"}, None),
        ("quick", {"os_version": SERVER, "type": "IsoImage"}, "IMG.0024"),
        ("quick", {"os_version": SERVER, "min_disk": 1025}, "IMG.0055"),
        ("quick", {"type": "DataImage", "min_disk": 2048}, None),
        ("quick", {"type": "DataImage", "os_type": "Other"}, "IMG.0056"),
        ("quick", {"type": "DataImage", "cmk_id": KEY}, "IMG.0100"),
        ("quick", {"os_version": SERVER, "min_disk": 20}, None),
        ("quick", {"os_version": SERVER, "min_disk": 19}, "IMG.0055"),
        ("quick", {"os_version": "Ubuntu 22.04 server 64bit", "min_disk": 10}, None),
        ("quick", {"os_version": "Ubuntu 22.04 server 64bit", "min_disk": 9}, "IMG.0055"),
        ("data", {"min_disk": 2048}, None),
        ("data", {"min_disk": 39}, "IMG.0055"),
        ("data", {"min_disk": 2049}, "IMG.0055"),
        ("data", {"os_type": "Other"}, "IMG.0056"),
        ("data", {"cmk_id": "no"}, "IMG.0095"),
        ("data", {"volume_id": KEY}, "IMG.0001"),
    ],
    ids=str,
)
def test_quick_import_and_create_data_image_check_their_own_limits(
    call: str, body: dict[str, Any], code: str | None
) -> None:
    assert code_of(body, call) == code


BOTH_WAYS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"ims_chinese_names": False}, {"name": "中文"}, "IMG.0003"),
    ({"ims_refuses_windows": True}, {"os_version": SERVER}, "IMG.0056"),
    ({"ims_refuses_windows": True}, {"os_type": "Windows"}, "IMG.0056"),
    ({"ims_os_list": "2022"}, {"os_version": "Windows Server 2022 Datacenter 64bit"}, "IMG.0056"),
    ({"ims_other_windows": "Other_Windows (64_bit)"}, {"os_version": "Other Windows(64 bit)"}, "IMG.0056"),
    ({"ims_windows_on_arm": False}, {"architecture": "arm", "os_type": "Windows"}, "IMG.0056"),
]


@pytest.mark.parametrize(("switches", "body", "code"), BOTH_WAYS, ids=str)
def test_a_refusing_switch_refuses_only_when_set(switches: dict[str, Any], body: dict[str, Any], code: str) -> None:
    assert code_of(body) is None
    assert code_of(body, **switches) == code


@pytest.mark.parametrize(
    ("switches", "body"),
    [
        ({"ims_system_floor": 20}, {"min_disk": 20}),
        ({"ims_system_floor": 1}, {"min_disk": 1}),
        ({"ims_tag_limits": "new"}, {"image_tags": [{"key": "a b:c" + "k" * 100, "value": "a/b" + "v" * 200}]}),
        ({"ims_tag_limits": "new"}, {"image_tags": [{"key": f"k{n}", "value": ""} for n in range(20)]}),
        ({"ims_quick_encrypts": True}, {"is_quick_import": True, "os_version": SERVER, "cmk_id": KEY}),
    ],
    ids=str,
)
def test_an_allowing_switch_allows_only_when_set(switches: dict[str, Any], body: dict[str, Any]) -> None:
    assert code_of(body) is not None
    assert code_of(body, **switches) is None


def test_the_smallest_min_disk_of_data_images_is_a_switch() -> None:
    assert code_of({"min_disk": 1}, "data", ims_data_floor=1) is None


def test_a_parsed_create_call_has_the_requested_files_and_attributes() -> None:
    body = {
        **GOOD,
        "os_version": "Windows 7 Professional 32bit",
        "tags": ["owner.a.b"],
        "data_images": [{**DATA, "is_quick_import": True}],
    }
    request = RequestParser(ImsSwitches()).image(body)
    system, data = request.files
    assert (system.role, system.tags, system.quick) == ("system", {"owner": "a.b"}, False)
    assert (data.role, data.name, data.min_disk, data.quick) == ("data", "server-1", 100, True)
    assert request.attributes["__os_bit"] == "32"
    assert request.attributes["__os_type"] == "Windows"
    assert request.attributes["hw_firmware_type"] == "bios"


def test_an_arm_image_boots_with_uefi() -> None:
    assert RequestParser(ImsSwitches()).image({**GOOD, "architecture": "arm"}).attributes["hw_firmware_type"] == "uefi"

"""Invalid fields: the finding, its pointer and its fix."""

from __future__ import annotations

from typing import Any

import pytest

from imagedrop.findings import Finding
from imagedrop.findings.catalogue import text_of
from imagedrop.sidecar import read
from tests.unit.sidecar.documents import KEY, LARGE, SMALL, dumped, small


def findings(document: Any) -> list[Finding]:
    return read(dumped(document)).findings


def only_finding(document: Any) -> Finding:
    found = findings(document)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("document", [SMALL, LARGE])
def test_smallest_and_largest_sidecar_are_valid(document: dict[str, Any]) -> None:
    assert findings(document) == []


def test_integer_may_be_written_as_a_decimal() -> None:
    sidecar = read(b'{"name": "w", "owner": {"email": "a@example.com"}, "min_disk": 4e1, "min_ram": 2048.0}').sidecar
    assert sidecar is not None
    assert (sidecar.min_disk, sidecar.min_ram) == (40, 2048)
    assert type(sidecar.min_disk) is int


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"name": ""}, "sidecar.name", "/name"),
        ({"name": "x" * 129}, "sidecar.name", "/name"),
        ({"name": " win"}, "sidecar.name", "/name"),
        ({"name": "win "}, "sidecar.name", "/name"),
        ({"name": "win\n"}, "sidecar.name", "/name"),
        ({"name": "win/2022"}, "sidecar.name", "/name"),
        ({"name": 3}, "sidecar.type", "/name"),
        ({"name": None}, "sidecar.type", "/name"),
        ({"description": "a<b"}, "sidecar.text", "/description"),
        ({"description": "a\nb"}, "sidecar.text", "/description"),
        ({"description": "a\u0007b"}, "sidecar.text", "/description"),
        ({"description": "x" * 1025}, "sidecar.text", "/description"),
        ({"min_disk": "40"}, "sidecar.type", "/min_disk"),
        ({"min_disk": 40.5}, "sidecar.type", "/min_disk"),
        ({"min_disk": True}, "sidecar.type", "/min_disk"),
        ({"min_disk": 0}, "sidecar.too_small", "/min_disk"),
        ({"min_disk": 1025}, "sidecar.too_big", "/min_disk"),
        ({"is_config": "true"}, "sidecar.type", "/is_config"),
        ({"is_config": 1}, "sidecar.type", "/is_config"),
        ({"is_quick_import": None}, "sidecar.type", "/is_quick_import"),
        ({"type": "VM"}, "sidecar.choice", "/type"),
        ({"type": ["ECS"]}, "sidecar.type", "/type"),
        ({"architecture": "x86_64"}, "sidecar.choice", "/architecture"),
        ({"hw_firmware_type": "UEFI"}, "sidecar.choice", "/hw_firmware_type"),
        ({"os_type": "windows"}, "sidecar.choice", "/os_type"),
        ({"license_type": "own"}, "sidecar.choice", "/license_type"),
        ({"cmk_id": "my key"}, "sidecar.uuid", "/cmk_id"),
        ({"cmk_id": KEY + "\n"}, "sidecar.uuid", "/cmk_id"),
        ({"enterprise_project_id": "1"}, "sidecar.uuid", "/enterprise_project_id"),
        ({"enterprise_project_id": 0}, "sidecar.type", "/enterprise_project_id"),
        ({"image_tags": []}, "sidecar.type", "/image_tags"),
        ({"image_tags": {"": "x"}}, "sidecar.tag_key", "/image_tags/"),
        ({"image_tags": {"k" * 37: "x"}}, "sidecar.tag_key", "/image_tags/" + "k" * 37),
        ({"image_tags": {"a/b": "x"}}, "sidecar.tag_key", "/image_tags/a~1b"),
        ({"image_tags": {"k": "v" * 44}}, "sidecar.tag_value", "/image_tags/k"),
        ({"image_tags": {"k": 1}}, "sidecar.type", "/image_tags/k"),
        ({"image_tags": {"imagedrop": "x"}}, "sidecar.tag_reserved", "/image_tags/imagedrop"),
        ({"image_tags": {f"k{n}": "" for n in range(10)}}, "sidecar.too_many", "/image_tags"),
        ({"data_images": {}}, "sidecar.type", "/data_images"),
        ({"data_images": ["d.vhd"]}, "sidecar.type", "/data_images/0"),
        ({"data_images": [{}]}, "sidecar.missing", "/data_images/0/file"),
        ({"data_images": [{"file": "a/d.vhd"}]}, "sidecar.file", "/data_images/0/file"),
        ({"data_images": [{"file": "a\\d.vhd"}]}, "sidecar.file", "/data_images/0/file"),
        ({"data_images": [{"file": ".."}]}, "sidecar.file", "/data_images/0/file"),
        ({"data_images": [{"file": "d.vhd", "min_disk": 2049}]}, "sidecar.too_big", "/data_images/0/min_disk"),
        (
            {"data_images": [{"file": "d", "image_tags": {"a": "+"}}]},
            "sidecar.tag_value",
            "/data_images/0/image_tags/a",
        ),
        ({"data_images": [{"file": f"d{n}"} for n in range(4)]}, "sidecar.too_many", "/data_images"),
        ({"data_images": [{"file": "d"}, {"file": "e"}, {"file": "d"}]}, "sidecar.same_file", "/data_images/2/file"),
        ({"min_ram": -1}, "sidecar.too_small", "/min_ram"),
        ({"min_ram": 4096, "max_ram": 2048}, "sidecar.ram_order", "/min_ram"),
        ({"region": "CN North 4"}, "sidecar.region", "/region"),
        ({"size": 0}, "sidecar.too_small", "/size"),
        ({"etag": "a b"}, "sidecar.etag", "/etag"),
        ({"owner": "ada@example.com"}, "sidecar.type", "/owner"),
        ({"owner": {}}, "sidecar.missing", "/owner/email"),
        ({"owner": {"email": "a@example.com", "language": "fr"}}, "sidecar.choice", "/owner/language"),
        ({"owner": {"email": "a@example.com", "name": "A\r\nBcc: x"}}, "sidecar.text", "/owner/name"),
        ({"os_version": "Windows 95"}, "sidecar.os_version", "/os_version"),
        ({"os_version": "Ubuntu 24.04 server 64bit"}, "sidecar.os_version", "/os_version"),
        ({"os_type": "Linux", "os_version": "Windows 10 64bit"}, "sidecar.os_contradiction", "/os_version"),
        ({"os_type": "Windows", "min_disk": 19}, "sidecar.windows_min_disk", "/min_disk"),
        ({"architecture": "arm", "hw_firmware_type": "bios"}, "sidecar.arm_needs_uefi", "/hw_firmware_type"),
        ({"type": "BMS", "cmk_id": KEY}, "sidecar.bms_encrypted", "/cmk_id"),
        ({"is_quick_import": True, "is_config": True}, "sidecar.fast_configured", "/is_config"),
        ({"$schema": 1}, "sidecar.type", "/$schema"),
    ],
)
def test_invalid_field_is_one_finding_with_its_pointer(fields: dict[str, Any], kind: str, field: str) -> None:
    finding = only_finding(small(**fields))
    assert (finding.id, finding.severity, finding.field) == (kind, "error", field)
    assert finding.message
    assert finding.fix


@pytest.mark.parametrize(
    "email",
    [
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example.com\n",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "Ada <ada@example.com>",
        "ädä@example.com",
        "ada@exämple.com",
        ".ada@example.com",
        "a..da@example.com",
        "ada@-example.com",
        "ada@example..com",
        "ada@127.0.0.1",
        "a" * 65 + "@example.com",
        "ada@" + ".".join(["x" * 63] * 4) + ".com",
    ],
)
def test_invalid_address_is_an_error_and_leads_to_no_owner(email: str) -> None:
    reading = read(dumped(small(owner={"email": email})))
    assert [(finding.id, finding.field) for finding in reading.findings] == [("sidecar.email", "/owner/email")]
    assert reading.owner is None


def test_placeholder_address_is_reported_with_what_to_enter() -> None:
    (finding,) = read(dumped(small(owner={"email": "FILL-IN"}))).findings
    assert '`owner.email` is "FILL-IN"' in finding.message
    assert "should receive the result" in finding.fix


@pytest.mark.parametrize(
    ("field", "near"),
    [
        ("minDisk", "min_disk"),
        ("min-disk", "min_disk"),
        ("nam", "name"),
        ("osVersion", "os_version"),
        ("hw_firmware", "hw_firmware_type"),
        ("boot_mode", "hw_firmware_type"),
        ("tags", "image_tags"),
        ("kms_key_id", "cmk_id"),
        ("email", "owner.email"),
        ("data_disks", "data_images"),
    ],
)
def test_unknown_field_is_reported_with_the_nearest_name(field: str, near: str) -> None:
    finding = only_finding(small(**{field: 1}))
    assert (finding.id, finding.field) == ("sidecar.unknown_field", f"/{field}")
    assert finding.fix.endswith(f"valid names here: {near}.")


def test_unknown_field_in_owner_and_data_images_is_compared_with_the_names_there() -> None:
    owner = only_finding(small(owner={"email": "a@example.com", "langauge": "zh"}))
    assert (owner.field, owner.fix.rpartition(": ")[2]) == ("/owner/langauge", "language.")
    data = only_finding(small(data_images=[{"file": "d.vhd", "files": "x"}]))
    assert (data.field, data.fix.rpartition(": ")[2]) == ("/data_images/0/files", "file.")


def test_unknown_field_like_no_other_is_reported_with_all_names() -> None:
    fix = only_finding(small(zzzzzz=1)).fix
    assert "hw_firmware_type" in fix
    assert "license_type" in fix


def test_all_errors_are_reported_at_once() -> None:
    document = small(name="", min_disk=0, os_version="Win 10", architecture="arm", hw_firmware_type="bios", foo=1)
    document["owner"] = {"email": "x", "nick": "y"}
    assert {finding.field for finding in findings(document)} == {
        "/name",
        "/min_disk",
        "/os_version",
        "/hw_firmware_type",
        "/foo",
        "/owner/email",
        "/owner/nick",
    }


def test_owner_is_read_if_other_fields_are_invalid() -> None:
    owner = read(dumped({"owner": {"email": "a@example.com", "name": 3, "language": "zh", "x": 1}})).owner
    assert owner is not None
    assert (owner.email, owner.name, owner.language) == ("a@example.com", None, "zh")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Windows Server 2022 Datacenter", "Windows Server 2022 Datacenter 64bit"),
        ("windows server 2019 standard 64bit", "Windows Server 2019 Standard 64bit"),
        ("Windows10", "Windows 10 64bit"),
        ("Windows Server 2012 R2 Essentials 64bit", "Windows Server 2012 Essentials R2 64bit"),
    ],
)
def test_unknown_windows_is_reported_with_the_nearest_version(given: str, meant: str) -> None:
    assert f'"{meant}"' in only_finding(small(os_version=given)).fix


def test_os_version_is_free_for_other_systems() -> None:
    assert findings(small(os_type="Linux", os_version="Ubuntu 24.04 server 64bit")) == []


def test_value_in_a_finding_is_short_and_printable() -> None:
    finding = only_finding(small(name="\u202e\u0007" + "x" * 5000))
    assert len(finding.message) < 200
    assert finding.message.isprintable()


def test_findings_have_chinese_texts() -> None:
    for finding in findings(small(name="", foo=1, min_disk="4")):
        message, fix = text_of(finding, "zh")
        assert any("\u4e00" <= letter <= "\u9fa5" for letter in message + fix)

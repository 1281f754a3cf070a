"""Drops for the tests of the rules: a valid one, which each test changes in one respect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from imagedrop.domain.create_image_request import CreateImageRequest
from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts, WindowsFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import InspectedFile, Location, Verdict, check
from imagedrop.settings import Settings
from imagedrop.sidecar import Sidecar, read

GIB = 1 << 30
KEY = "windows/win.qcow2"
WINDOWS_2022 = "Windows Server 2022 Datacenter 64bit"


def windows(**changes: Any) -> WindowsFacts:
    known = {"os_version": WINDOWS_2022, "architecture": "x86_64", "drivers": {"viostor": "boot", "netkvm": "manual"}}
    return WindowsFacts(**{**known, **changes})


def facts(**changes: Any) -> DiskFacts:
    known = {
        "format": "qcow2",
        "virtual_size": 40 * GIB,
        "file_size": 6 * GIB,
        "partition_table": "gpt",
        "hw_firmware_type": "uefi",
        "windows": windows(),
    }
    return DiskFacts(**{**known, **changes})


def inspected(
    key: str = KEY,
    found: DiskFacts | None = None,
    findings: tuple[Finding, ...] = (),
    **head: Any,
) -> InspectedFile:
    known = {"etag": "abc", "size": 6 * GIB, "last_modified": "2026-11-24T13:00:00Z"}
    return InspectedFile(ObjectHead(key=key, **{**known, **head}), found or facts(), findings)


def bitmap(key: str, size: int = 8192) -> InspectedFile:
    return InspectedFile(ObjectHead(key=key, etag="b", size=size, last_modified=""))


def sidecar(**fields: Any) -> Sidecar:
    reading = read(json.dumps({"name": "win", "owner": {"email": "ada@example.com"}, **fields}).encode())
    assert reading.sidecar is not None, reading.findings
    return reading.sidecar


def location(
    bucket: str | None = "drops", region: str | None = None, storage_class: str | None = None, **settings: Any
) -> Location:
    known = {"region": "cn-north-4", "declarations_accepted": True}
    return Location(
        settings=Settings(**{**known, **settings}), bucket=bucket, region=region, storage_class=storage_class
    )


def check_drop(
    fields: Mapping[str, Any] | None = None,
    image: InspectedFile | None = None,
    parts: tuple[InspectedFile, ...] = (),
    where: Location | None = None,
) -> Verdict:
    """`fields`: of the sidecar, beside the required ones."""
    by_key = {part.head.key: part for part in parts}
    return check(sidecar(**(fields or {})), image or inspected(), by_key, where or location())


def check_file(image: InspectedFile, where: Location | None = None) -> Verdict:
    """Without a sidecar."""
    return check(None, image, {}, where or location())


def requested(verdict: Verdict) -> CreateImageRequest:
    assert verdict.request is not None, verdict.findings
    return verdict.request


def ids(verdict: Verdict) -> list[str]:
    return [finding.id for finding in verdict.findings]


# Used by tests of several rules.
FAST = {"is_quick_import": True}
RAW = inspected("windows/win.raw", facts(format="raw"))
BROKEN = Finding("image.truncated", "error", "cut off", "upload again")
DATA = inspected("windows/d.vhd", facts(format="vhd", virtual_size=100 * GIB + 1))

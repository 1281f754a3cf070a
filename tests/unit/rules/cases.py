"""Drops for the rules' tests: a sound one, to be made unsound in one place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from imagedrop.findings import Finding
from imagedrop.inspection.facts import DiskFacts, WindowsFacts
from imagedrop.ports import ObjectHead
from imagedrop.rules import Location, Subject, Verdict, check
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


def subject(
    key: str = KEY,
    given: DiskFacts | None = None,
    findings: tuple[Finding, ...] = (),
    **head: Any,
) -> Subject:
    known = {"etag": "abc", "size": 6 * GIB, "last_modified": "2026-11-24T13:00:00Z"}
    return Subject(ObjectHead(key=key, **{**known, **head}), given or facts(), findings)


def bitmap(key: str, size: int = 8192) -> Subject:
    return Subject(ObjectHead(key=key, etag="b", size=size, last_modified=""))


def sidecar(**fields: Any) -> Sidecar:
    reading = read(json.dumps({"name": "win", "owner": {"email": "ada@example.com"}, **fields}).encode())
    assert reading.sidecar is not None, reading.findings
    return reading.sidecar


def place(bucket: str | None = "drops", region: str | None = None, cls: str | None = None, **settings: Any) -> Location:
    known = {"region": "cn-north-4", "declarations_accepted": True}
    return Location(settings=Settings(**{**known, **settings}), bucket=bucket, region=region, storage_class=cls)


def judged(
    said: Mapping[str, Any] | None = None,
    image: Subject | None = None,
    parts: tuple[Subject, ...] = (),
    where: Location | None = None,
) -> Verdict:
    by_key = {part.head.key: part for part in parts}
    return check(sidecar(**(said or {})), image or subject(), by_key, where or place())


def alone(image: Subject, where: Location | None = None) -> Verdict:
    return check(None, image, {}, where or place())


def ids(verdict: Verdict) -> list[str]:
    return [finding.id for finding in verdict.findings]

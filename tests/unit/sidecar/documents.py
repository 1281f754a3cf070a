"""Sidecars for the tests: the smallest valid one, and one with all fields."""

from __future__ import annotations

import json
from typing import Any

KEY = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0"
SMALL: dict[str, Any] = {"name": "win-2022", "owner": {"email": "ada@example.com"}}
LARGE: dict[str, Any] = {
    "$schema": "./sidecar.schema.json",
    "name": "财务 Windows 2022",
    "owner": {"email": "ada.o'neil+ims@mail.example.com", "name": "Ada", "language": "zh"},
    "description": "构建 42, monthly",
    "os_type": "Windows",
    "os_version": "Windows Server 2022 Datacenter 64bit",
    "architecture": "x86",
    "hw_firmware_type": "uefi",
    "min_disk": 60,
    "data_images": [
        {"file": "data-1.vhd", "name": "data 1", "min_disk": 2048, "description": "d", "image_tags": {"role": "db"}},
        {"file": "data-2.raw", "is_quick_import": True},
        {"file": "data-3.vhd"},
    ],
    "type": "ECS",
    "is_config": False,
    "is_quick_import": True,
    "cmk_id": KEY,
    "enterprise_project_id": "0",
    "image_tags": {f"tag-{number}": f"v_{number}.0" for number in range(9)},
    "min_ram": 2048,
    "max_ram": 0,
    "license_type": "byol",
    "region": "cn-north-4",
    "size": 6_442_450_944,
    "etag": '"9e107d9d372bb6826bd81d3542a419d6-12"',
}


def small(**fields: Any) -> dict[str, Any]:
    return {**SMALL, **fields}


def dumped(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()

"""The sidecar with every omitted field filled in. It is valid, and leads to the same request as the original."""

from __future__ import annotations

from typing import Any

from imagedrop.rules import size
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System

NAME_MAX = 128


def fill_in(given: RuleInput, system: System, boot_mode: str | None, is_config: bool) -> dict[str, Any]:
    """Only unknown values stay omitted. Without a sidecar: only what the image shows."""
    known = {
        "os_type": system.os_type,
        "os_version": system.os_version,
        "architecture": system.architecture,
        "hw_firmware_type": boot_mode,
        "min_disk": size.resolve(given.system_disk(), size.smallest_allowed(given, system)),
    }
    if not given.has_sidecar:
        return _without_none(known)
    defaults: dict[str, Any] = {
        "description": "",
        "enterprise_project_id": "0",
        "image_tags": {},
        "region": given.location.settings.region or None,
    }
    written = given.sidecar.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _without_none({**defaults, **written, **known, "is_config": is_config, "data_images": _data_images(given)})


def _data_images(given: RuleInput) -> list[dict[str, Any]]:
    disks = {disk.pointer: disk for disk in given.data_disks()}
    filled = []
    for number, entry in enumerate(given.sidecar.data_images):
        disk = disks.get(f"/data_images/{number}")
        filled.append(
            _without_none(
                {
                    "name": data_name(given.sidecar.name, number + 1),
                    "min_disk": size.resolve(disk, 1) if disk else None,
                    "description": "",
                    "image_tags": {},
                    **entry.model_dump(mode="json", exclude_none=True),
                }
            )
        )
    return filled


def data_name(name: str, number: int) -> str:
    """`<image>-data1`, cut to the length that IMS accepts."""
    ending = f"-data{number}"
    return name[: NAME_MAX - len(ending)] + ending


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

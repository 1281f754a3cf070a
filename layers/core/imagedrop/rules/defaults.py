"""The sidecar with every left-out field filled in: right by itself, and judged alike."""

from __future__ import annotations

from typing import Any

from imagedrop.rules import size
from imagedrop.rules.rule_input import RuleInput
from imagedrop.rules.system import System

NAME_MOST = 128


def fill_in(case: RuleInput, system: System, firmware: str | None, is_config: bool) -> dict[str, Any]:
    """Only what nobody knows is missing. Without a sidecar: what the file says by itself."""
    given = case.sidecar.model_dump(mode="json", by_alias=True, exclude_none=True) if not case.alone else {}
    known = {
        "os_type": system.os_type,
        "os_version": system.os_version,
        "architecture": system.architecture,
        "hw_firmware_type": firmware,
        "min_disk": size.resolve(case.system(), size.least(case, system)),
    }
    if case.alone:
        return _without_none(known)
    defaults: dict[str, Any] = {
        "description": "",
        "enterprise_project_id": "0",
        "image_tags": {},
        "region": case.place.settings.region or None,
    }
    return _without_none({**defaults, **given, **known, "is_config": is_config, "data_images": _data(case)})


def _data(case: RuleInput) -> list[dict[str, Any]]:
    disks = {disk.at: disk for disk in case.data()}
    filled = []
    for number, wanted in enumerate(case.sidecar.data_images):
        disk = disks.get(f"/data_images/{number}")
        filled.append(
            _without_none(
                {
                    "name": data_name(case.sidecar.name, number + 1),
                    "min_disk": size.resolve(disk, 1) if disk else None,
                    "description": "",
                    "image_tags": {},
                    **wanted.model_dump(mode="json", exclude_none=True),
                }
            )
        )
    return filled


def data_name(name: str, number: int) -> str:
    """`<image>-data1`, cut to what IMS takes."""
    ending = f"-data{number}"
    return name[: NAME_MOST - len(ending)] + ending


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}

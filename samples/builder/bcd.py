"""The boot configuration data: a hive of objects and elements. Source of the ids: BCD WMI provider reference."""

from __future__ import annotations

from samples.builder.hive import Content
from samples.builder.recipe import Recipe

BOOT_MANAGER = "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"
FIRMWARE_APPLICATION, OS_LOADER = 0x10100002, 0x10200003
PATH, DESCRIPTION, LANGUAGE, SYSTEM_ROOT, DEFAULT = "12000002", "12000004", "12000005", "22000002", "23000003"


def bcd(recipe: Recipe) -> Content:
    """A boot manager with one OS loader."""
    loader = f"{{{recipe.guid('loader')}}}"
    uefi = recipe.firmware == "uefi"
    manager = {PATH: "\\EFI\\Microsoft\\Boot\\bootmgfw.efi" if uefi else "\\bootmgr",
               DESCRIPTION: "Windows Boot Manager", LANGUAGE: "en-US", DEFAULT: loader}  # fmt: skip
    system = {PATH: f"\\Windows\\system32\\winload.{'efi' if uefi else 'exe'}",
              DESCRIPTION: "Windows Server", LANGUAGE: "en-US", SYSTEM_ROOT: "\\Windows"}  # fmt: skip
    return {
        "Description": {"KeyName": "BCD00000000", "System": 1, "TreatAsSystem": 1},
        **_object(BOOT_MANAGER, FIRMWARE_APPLICATION, manager),
        **_object(loader, OS_LOADER, system),
    }


def _object(name: str, kind: int, elements: dict[str, str]) -> Content:
    return {
        f"Objects\\{name}\\Description": {"Type": kind},
        **{f"Objects\\{name}\\Elements\\{number}": {"Element": text} for number, text in elements.items()},
    }

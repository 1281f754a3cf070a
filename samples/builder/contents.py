"""Which files lie in which volume."""

from __future__ import annotations

from pathlib import Path

from samples.builder import hive
from samples.builder.bcd import bcd
from samples.builder.pe import stub
from samples.builder.recipe import IN_THE_BOX, Architecture, Recipe
from samples.builder.registry import hives
from samples.builder.tree import Tree
from samples.builder.words import ordinary

SYSTEM32 = "Windows/System32"
PROGRAMS = ("cmd.exe", "services.exe", "lsass.exe", "svchost.exe", "winlogon.exe", "Sysprep/sysprep.exe")
REMOVABLE: dict[Architecture, str] = {"amd64": "bootx64.efi", "x86": "bootia32.efi", "arm64": "bootaa64.efi"}


def efi_system(recipe: Recipe, scratch: Path) -> Tree:
    boot = stub(recipe.windows.architecture, "efi")
    return {
        "EFI/Boot/" + REMOVABLE[recipe.windows.architecture]: boot,
        "EFI/Microsoft/Boot/bootmgfw.efi": boot,
        "EFI/Microsoft/Boot/memtest.efi": boot,
        "EFI/Microsoft/Boot/BCD": hive.build(bcd(recipe), scratch / "BCD", "BCD"),
        "EFI/Microsoft/Boot/Fonts/": b"",
        "EFI/Microsoft/Recovery/": b"",
    }


def system_reserved(recipe: Recipe, scratch: Path) -> Tree:
    return {
        "bootmgr": stub("x86", "boot"),
        "BOOTNXT": b"\x07\0",
        "Boot/BCD": hive.build(bcd(recipe), scratch / "BCD", "BCD"),
        "Boot/memtest.exe": stub("x86", "boot"),
    }


def recovery(recipe: Recipe, scratch: Path) -> Tree:
    settings = '<?xml version="1.0" encoding="utf-8"?>\r\n<WindowsRE version="2.0"/>\r\n'
    return {
        "Recovery/WindowsRE/ReAgent.xml": settings.encode(),
        "Recovery/WindowsRE/boot.sdi": b"$SDI0001".ljust(4096, b"\0"),
        "Recovery/WindowsRE/Winre.wim": b"MSWIM\0\0\0\xd0\0\0\0".ljust(4096, b"\0"),
    }


def windows(recipe: Recipe, scratch: Path) -> Tree:
    tree = _system32(recipe) | {name + "/": b"" for name in ("PerfLogs", "Users/Public", "ProgramData/Microsoft")}
    for name, content in hives(recipe).items():
        tree[f"{SYSTEM32}/config/{name}"] = hive.build(content, scratch / name, f"System32\\Config\\{name}")
        tree |= {f"{SYSTEM32}/config/{name}.LOG{number}": b"" for number in (1, 2)}
    state = f"[State]\r\nImageState={recipe.windows.image_state}\r\n"
    tree["Windows/Setup/State/State.ini"] = state.encode("utf-16")
    tree["Windows/explorer.exe"] = stub(recipe.windows.architecture, "gui")
    return tree | (_cloudbase_init(recipe) if recipe.cloudbase_init else {})


def _system32(recipe: Recipe) -> Tree:
    """The many are small enough to stay inside their MFT records, which keeps the image small."""
    architecture = recipe.windows.architecture
    library = stub(architecture, "gui", library=True, alignment=16)
    driver = stub(architecture, "native", alignment=16)
    drivers = [wanted.file for wanted in (*IN_THE_BOX, *recipe.drivers)]
    tree = {f"{SYSTEM32}/{name.lower()}.dll": library for name in ordinary(240)}
    tree |= {f"{SYSTEM32}/drivers/{name.lower()}.sys": driver for name in ordinary(60)}
    tree |= {f"{SYSTEM32}/drivers/{file}": driver for file in drivers}
    tree |= {f"{SYSTEM32}/{name}": stub(architecture, "console") for name in PROGRAMS}
    tree |= {f"{SYSTEM32}/{name}": stub(architecture, "native") for name in ("ntoskrnl.exe", "hal.dll")}
    loader, subsystem = ("winload.efi", "efi") if recipe.firmware == "uefi" else ("winload.exe", "boot")
    return tree | {f"{SYSTEM32}/{loader}": stub(architecture, subsystem)}


def _cloudbase_init(recipe: Recipe) -> Tree:
    home = "Program Files/Cloudbase Solutions/Cloudbase-Init"
    program = stub(recipe.windows.architecture, "console")
    return {
        f"{home}/bin/OpenStackService.exe": program,
        f"{home}/Python/Scripts/cloudbase-init.exe": program,
        f"{home}/conf/cloudbase-init.conf": b"[DEFAULT]\r\nusername=Admin\r\ngroups=Administrators\r\n",
        f"{home}/LocalScripts/": b"",
        f"{home}/log/": b"",
    }

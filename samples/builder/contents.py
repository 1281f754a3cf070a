"""The files of each volume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from samples.builder import hive
from samples.builder.bcd import bcd
from samples.builder.hive_finish import left_open
from samples.builder.pe import stub
from samples.builder.recipe import IN_THE_BOX, Architecture, Recipe
from samples.builder.registry import DONE, hives
from samples.builder.tree import Tree
from samples.builder.words import ordinary

SYSTEM32 = "Windows/System32"
HIBERNATION_FILE = 16384  # bytes; too large to be resident in an MFT record
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


def linux_efi_system(recipe: Recipe, scratch: Path) -> Tree:
    boot = stub(recipe.windows.architecture, "efi")
    return {"EFI/Boot/" + REMOVABLE[recipe.windows.architecture]: boot, "EFI/debian/shim.efi": boot}


def linux(recipe: Recipe, scratch: Path) -> Tree:
    return {
        "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
        "boot/vmlinuz": stub(recipe.windows.architecture, "efi"),
        "usr/bin/": b"",
    }


def data(recipe: Recipe, scratch: Path) -> Tree:
    return {
        "$RECYCLE.BIN/": b"",
        "Ledgers/2024.csv": b"day,sum\r\n" * 2000,
        "Windows/": b"",  # a folder of that name does not make it a system disk
        "System Volume Information/": b"",
    }


def everything(recipe: Recipe, scratch: Path) -> Tree:
    """Boot manager and Windows, for a disk with one volume."""
    return system_reserved(recipe, scratch) | windows(recipe, scratch)


def beside(recipe: Recipe, scratch: Path) -> Tree:
    """The second Windows installation."""
    return windows(replace(recipe, windows=recipe.beside or recipe.windows, hibernation=b""), scratch)


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
    folders = ("PerfLogs", "Users/Public", "ProgramData/Microsoft", *recipe.names)
    tree = _system32(recipe) | {name + "/": b"" for name in folders}
    for name, content in hives(recipe).items():
        data = hive.build(content, scratch / name, f"System32\\Config\\{name}")
        tree[f"{SYSTEM32}/config/{name}"] = left_open(data) if name in recipe.open_hives else data
        tree |= {f"{SYSTEM32}/config/{name}.LOG{number}": b"" for number in (1, 2)}
    tree["Windows/Setup/State/State.ini"] = _state(recipe).encode("utf-16")
    if recipe.windows.image_state != DONE:
        tree[f"{SYSTEM32}/Sysprep/Sysprep_succeeded.tag"] = b""
    tree["Windows/explorer.exe"] = stub(recipe.windows.architecture, "gui")
    if recipe.hibernation:
        tree["hiberfil.sys"] = recipe.hibernation.ljust(HIBERNATION_FILE, b"\0")
    if recipe.cloudbase_init:
        tree |= _cloudbase_init(recipe)
    return {path.upper(): content for path, content in tree.items()} if recipe.capitals else tree


def _state(recipe: Recipe) -> str:
    """State.ini. Too long to be resident in its MFT record if the registry does not have the state."""
    comment = "" if recipe.state_in_registry else "; written by Windows Setup\r\n" * 60
    return f"{comment}[State]\r\nImageState={recipe.windows.image_state}\r\n"


def _system32(recipe: Recipe) -> Tree:
    """Most files are small enough to be resident in their MFT records, which keeps the image small."""
    architecture = recipe.windows.architecture
    library = stub(architecture, "gui", library=True, alignment=16)
    driver = stub(architecture, "native", alignment=16)
    drivers = [wanted.file for wanted in (*IN_THE_BOX, *(recipe.drivers if recipe.driver_files else ()))]
    tree = {f"{SYSTEM32}/{name.lower()}.dll": library for name in (*ordinary(recipe.files), *recipe.names)}
    tree |= {f"{SYSTEM32}/drivers/{name.lower()}.sys": driver for name in ordinary(60 // recipe.one_in)}
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

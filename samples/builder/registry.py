"""The hives' content, as a Windows that a recipe describes would have it; only what names and starts the system."""

from __future__ import annotations

from samples.builder.hive import Content, Expand, Value
from samples.builder.recipe import AUTO, IN_THE_BOX, MADE, MANUAL, Driver, Recipe, filetime
from samples.builder.words import ordinary

CLOUDBASE = "C:\\Program Files\\Cloudbase Solutions\\Cloudbase-Init"
PROCESSORS = {"amd64": "AMD64", "x86": "x86", "arm64": "ARM64"}
SHARES = {"amd64": "amd64fre", "x86": "x86fre", "arm64": "arm64fre"}
KERNEL_DRIVER, OWN_PROCESS, SHARED_PROCESS = 1, 16, 32
DONE = "IMAGE_STATE_COMPLETE"

Keys = dict[str, dict[str, Value]]


def hives(recipe: Recipe) -> dict[str, Content]:
    """File name in System32\\config -> content."""
    return {
        "SOFTWARE": software(recipe),
        "SYSTEM": system(recipe),
        "SAM": {"SAM\\Domains\\Account\\Users\\Names\\Administrator": {}, "SAM\\Domains\\Builtin\\Aliases": {}},
        "SECURITY": {"Policy\\Accounts": {}, "Policy\\Secrets": {}, "RXACT": {}},
        "DEFAULT": {"Control Panel\\International": {"LocaleName": "en-US"}, "Environment": {"TEMP": "C:\\Temp"}},
    }


def software(recipe: Recipe) -> Content:
    windows = recipe.windows
    keys: Keys = {f"Classes\\.{name.lower()}": {"": f"{name}.Document"} for name in ordinary(560)}
    keys |= {f"Microsoft\\{name}": {} for name in ordinary(120)}
    keys |= {f"Microsoft\\Windows\\CurrentVersion\\{name}": {} for name in ordinary(40)}
    keys |= {f"Microsoft\\Windows NT\\CurrentVersion\\{name}": {} for name in ordinary(60)}
    keys |= {name: {} for name in ("Clients", "ODBC", "OpenSSH", "Policies", "RegisteredApplications", "WOW6432Node")}
    keys["Microsoft\\Windows NT\\CurrentVersion"] = _current_version(recipe)
    keys["Microsoft\\Windows\\CurrentVersion"] = {
        "ProgramFilesDir": "C:\\Program Files",
        "CommonFilesDir": "C:\\Program Files\\Common Files",
        "DevicePath": Expand("%SystemRoot%\\inf"),
    }
    keys["Microsoft\\Windows\\CurrentVersion\\Setup\\State"] = {"ImageState": windows.image_state}
    if recipe.cloudbase_init:
        uninstall = f"Microsoft\\Windows\\CurrentVersion\\Uninstall\\{{{recipe.guid('cloudbase-init')}}}"
        keys[uninstall] = {"DisplayName": "Cloudbase-Init", "Publisher": "Cloudbase Solutions Srl"}
        keys["Cloudbase Solutions\\Cloudbase-Init"] = {"InstallDir": CLOUDBASE}
    return keys


def _current_version(recipe: Recipe) -> dict[str, Value]:
    windows = recipe.windows
    return {
        "SystemRoot": "C:\\Windows",
        "ProductName": windows.product_name,
        "EditionID": windows.edition,
        "CompositionEditionID": windows.edition,
        "InstallationType": windows.installation_type,
        "CurrentBuild": str(windows.build),
        "CurrentBuildNumber": str(windows.build),
        "UBR": windows.ubr,
        "DisplayVersion": windows.display_version,
        "CurrentVersion": "6.3",
        "CurrentMajorVersionNumber": 10,
        "CurrentMinorVersionNumber": 0,
        "CurrentType": "Multiprocessor Free",
        "BuildBranch": windows.branch,
        "BuildLab": f"{windows.build}.{windows.branch}.210507-1500",
        "BuildLabEx": f"{windows.build}.1.{SHARES[windows.architecture]}.{windows.branch}.210507-1500",
        "SoftwareType": "System",
        "PathName": "C:\\Windows",
        "ProductId": "00000-00000-00000-00000",
        "RegisteredOwner": "Ada",
        "RegisteredOrganization": "",
        "InstallDate": int(MADE.timestamp()),
        "InstallTime": filetime().to_bytes(8, "little"),
    }


def system(recipe: Recipe) -> Content:
    windows, control = recipe.windows, "ControlSet001\\Control"
    complete = windows.image_state == DONE
    keys: Keys = {f"{control}\\{name}": {} for name in ordinary(80)}
    keys["Select"] = {"Current": 1, "Default": 1, "Failed": 0, "LastKnownGood": 1}
    keys["Setup"] = {"SystemSetupInProgress": int(not complete), "SetupType": 0 if complete else 2,
                     "SetupPhase": 0, "OOBEInProgress": int(not complete), "CmdLine": ""}  # fmt: skip
    if recipe.firmware == "uefi":  # on an MBR disk it would be the disk's signature and the partition's offset
        keys["MountedDevices"] = {"\\DosDevices\\C:": b"DMIO:ID:" + recipe.guid("windows").bytes_le}
    keys[f"{control}\\ComputerName\\ComputerName"] = {"ComputerName": "WIN-SAMPLE"}
    keys[f"{control}\\ProductOptions"] = {"ProductType": windows.product_type}
    keys[f"{control}\\Session Manager"] = {"BootExecute": ["autocheck autochk *"], "ProtectionMode": 1}
    keys[f"{control}\\Session Manager\\Environment"] = {
        "ComSpec": Expand("%SystemRoot%\\system32\\cmd.exe"),
        "OS": "Windows_NT",
        "PROCESSOR_ARCHITECTURE": PROCESSORS[windows.architecture],
        "Path": Expand("%SystemRoot%\\system32;%SystemRoot%"),
        "windir": Expand("%SystemRoot%"),
    }
    keys[f"{control}\\Session Manager\\Memory Management"] = {"PagingFiles": ["?:\\pagefile.sys"]}
    keys[f"{control}\\Session Manager\\Power"] = {"HiberbootEnabled": int(windows.fast_startup)}
    return keys | {f"ControlSet001\\Services\\{name}": values for name, values in services(recipe).items()}


def services(recipe: Recipe) -> Keys:
    """Service name -> values of its key; ordinary ones, enough for a split index, then the recipe's."""
    found: Keys = {name: _hosted(name) for name in ordinary(540)}
    found |= {driver.service: _kernel_driver(driver) for driver in (*IN_THE_BOX, *recipe.drivers)}
    if recipe.cloudbase_init:
        found["cloudbase-init"] = {
            "Type": OWN_PROCESS,
            "Start": AUTO,
            "ErrorControl": 0,
            "ImagePath": Expand(f'"{CLOUDBASE}\\bin\\OpenStackService.exe" cloudbase-init'),
            "DisplayName": "Cloudbase-Init",
            "ObjectName": ".\\cloudbase-init",
        }
    return found


def _kernel_driver(driver: Driver) -> dict[str, Value]:
    path = Expand(f"System32\\drivers\\{driver.file}")
    return {"Type": KERNEL_DRIVER, "Start": driver.start, "ErrorControl": 1, "ImagePath": path, "Group": driver.group}


def _hosted(name: str) -> dict[str, Value]:
    path = Expand("%SystemRoot%\\system32\\svchost.exe -k LocalService")
    return {"Type": SHARED_PROCESS, "Start": MANUAL, "ErrorControl": 1, "ImagePath": path, "DisplayName": name}

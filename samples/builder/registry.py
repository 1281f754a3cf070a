"""The content of the hives for a recipe: the keys that identify Windows and start it."""

from __future__ import annotations

from dataclasses import replace

from samples.builder.hive import Content, Expand, Value
from samples.builder.recipe import DISABLED, IN_THE_BOX, MADE, MANUAL, Driver, Recipe, filetime
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
    windows, few = recipe.windows, recipe.one_in
    keys: Keys = {f"Classes\\.{name.lower()}": {"": f"{name}.Document"} for name in ordinary(560 // few)}
    keys |= {f"Microsoft\\{name}": {} for name in (*ordinary(120 // few), *recipe.names)}
    keys |= {f"Microsoft\\Windows\\CurrentVersion\\{name}": {} for name in ordinary(40 // few)}
    keys |= {f"Microsoft\\Windows NT\\CurrentVersion\\{name}": {} for name in ordinary(60 // few)}
    keys |= {name: {} for name in ("Clients", "ODBC", "OpenSSH", "Policies", "RegisteredApplications", "WOW6432Node")}
    keys["Microsoft\\Windows NT\\CurrentVersion"] = _current_version(recipe)
    keys["Microsoft\\Windows\\CurrentVersion"] = {
        "ProgramFilesDir": "C:\\Program Files",
        "CommonFilesDir": "C:\\Program Files\\Common Files",
        "DevicePath": Expand("%SystemRoot%\\inf"),
    }
    if recipe.state_in_registry:
        keys["Microsoft\\Windows\\CurrentVersion\\Setup\\State"] = {"ImageState": windows.image_state}
    if recipe.cloudbase_init:
        uninstall = f"Microsoft\\Windows\\CurrentVersion\\Uninstall\\{{{recipe.guid('cloudbase-init')}}}"
        keys[uninstall] = {"DisplayName": "Cloudbase-Init", "Publisher": "Cloudbase Solutions Srl"}
        keys["Cloudbase Solutions\\Cloudbase-Init"] = {"InstallDir": CLOUDBASE}
    return keys


def _current_version(recipe: Recipe) -> dict[str, Value]:
    windows = recipe.windows
    words: dict[str, Value] = {
        "SystemRoot": "C:\\Windows",
        "ProductName": windows.product_name,
        "EditionID": windows.edition,
        "CompositionEditionID": windows.edition,
        "InstallationType": windows.installation_type,
        "CurrentBuild": str(windows.build),
        "CurrentBuildNumber": str(windows.build),
        "UBR": windows.ubr,
        "DisplayVersion": windows.display_version,
        "CurrentVersion": "6.3",  # also in every later version
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
        "CSDVersion": windows.service_pack,
        "ReleaseId": windows.release_id,
    }
    left_out = {name for name in ("UBR", "DisplayVersion", "CSDVersion", "ReleaseId") if not words[name]}
    if windows.version != "10.0":
        words["CurrentVersion"] = windows.version
        left_out |= {"CurrentMajorVersionNumber", "CurrentMinorVersionNumber", "InstallTime"}
    return {name: value for name, value in words.items() if name not in left_out}


def system(recipe: Recipe) -> Content:
    complete = recipe.windows.image_state == DONE
    in_use = recipe.control_set
    keys = _controls(f"ControlSet{in_use:03}", recipe.one_in)
    keys["Select"] = {"Current": in_use, "Default": in_use, "Failed": 0, "LastKnownGood": in_use}
    keys["Setup"] = {"SystemSetupInProgress": int(not complete), "SetupType": 0 if complete else 2,
                     "SetupPhase": 0, "OOBEInProgress": int(not complete),
                     "CmdLine": "" if complete else "oobe\\windeploy.exe"}  # fmt: skip
    if not complete:
        keys["Setup\\Status\\SysprepStatus"] = {"GeneralizationState": 7, "CleanupState": 2}
    if recipe.firmware == "uefi":  # an MBR disk would have disk signature and partition offset
        keys["MountedDevices"] = {"\\DosDevices\\C:": b"DMIO:ID:" + recipe.guid("windows").bytes_le}
    if in_use != 1:
        keys |= _controls("ControlSet001", recipe.one_in) | control_set("ControlSet001", _wrong(recipe))
    return keys | control_set(f"ControlSet{in_use:03}", recipe)


def _controls(name: str, one_in: int) -> Keys:
    return {f"{name}\\Control\\{key}": {} for key in ordinary(80 // one_in)}


def control_set(name: str, recipe: Recipe) -> Keys:
    windows, control = recipe.windows, f"{name}\\Control"
    keys: Keys = {f"{control}\\ComputerName\\ComputerName": {"ComputerName": windows.computer_name}}
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
    return keys | {f"{name}\\Services\\{service}": values for service, values in services(recipe).items()}


def _wrong(recipe: Recipe) -> Recipe:
    """The recipe of a control set that is not in use, with wrong values."""
    drivers = tuple(replace(driver, start=DISABLED) for driver in recipe.drivers)
    windows = replace(recipe.windows, fast_startup=not recipe.windows.fast_startup, computer_name="WIN-FORMERLY")
    return replace(recipe, drivers=drivers, windows=windows, cloudbase_service=DISABLED)


def services(recipe: Recipe) -> Keys:
    """Service name -> values of its key: enough ordinary services for a split index, then those of the recipe."""
    found: Keys = {name: _hosted(name) for name in (*ordinary(540 // recipe.one_in), *recipe.names)}
    found |= {driver.service: _kernel_driver(driver) for driver in (*IN_THE_BOX, *recipe.drivers)}
    if recipe.cloudbase_init and recipe.cloudbase_service is not None:
        found["cloudbase-init"] = {
            "Type": OWN_PROCESS,
            "Start": recipe.cloudbase_service,
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

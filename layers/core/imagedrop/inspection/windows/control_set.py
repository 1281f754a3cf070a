"""The SYSTEM hive: settings in its current control set (Select\\Current)."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.facts import Architecture
from imagedrop.inspection.registry import Hive, Key, Value
from imagedrop.inspection.replay import fetch_together

ENVIRONMENT = "Control\\Session Manager\\Environment"
POWER = "Control\\Session Manager\\Power"
TERMINAL_SERVER = "Control\\Terminal Server"
INTERFACES = "Services\\Tcpip\\Parameters\\Interfaces"
MAX_INTERFACES = 32
ARCHITECTURES: dict[str, Architecture] = {"amd64": "x86_64", "x86": "x86", "arm64": "arm64"}
MAX_ADDRESSES = 8  # that are reported
MAX_ADDRESS = 45  # characters
UNSET_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing listens here
MAX_CONTROL_SET = 999


class SystemSettings(NamedTuple):
    """None: not recorded. `static_addresses`: of interfaces that do not use DHCP."""

    architecture: Architecture | None
    fast_startup: bool
    remote_desktop: bool | None
    static_addresses: list[str]


def current_control_set(system: Hive) -> Key:
    """The control set that Windows starts with. Raises Unreadable."""
    select = system.root().subkey("Select")
    number = select.values("Current").get("Current") if select else 1
    if not isinstance(number, int) or not 0 < number <= MAX_CONTROL_SET:
        raise malformed("registry hive SYSTEM", f"its current control set is {number!r}")
    found = system.root().subkey(f"ControlSet{number:03}")
    if found is None:
        raise malformed("registry hive SYSTEM", f"the control set {number} is missing")
    return found


def read_settings(control_set: Key) -> SystemSettings:
    architecture, fast_startup, denied = fetch_together(
        partial(_value, control_set, ENVIRONMENT, "PROCESSOR_ARCHITECTURE"),
        partial(_value, control_set, POWER, "HiberbootEnabled"),
        partial(_value, control_set, TERMINAL_SERVER, "fDenyTSConnections"),
    )
    return SystemSettings(
        ARCHITECTURES.get(architecture.lower()) if isinstance(architecture, str) else None,
        fast_startup == 1,
        not denied if isinstance(denied, int) else None,
        static_addresses(control_set),
    )


def static_addresses(control_set: Key) -> list[str]:
    interfaces = control_set.subkey(INTERFACES)
    names = interfaces.names(MAX_INTERFACES) if interfaces else []
    keys = interfaces.subkeys(*names).values() if interfaces else ()
    settings = fetch_together(*[partial(key.values, "EnableDHCP", "IPAddress") for key in keys if key])
    found = [address for values in settings if values.get("EnableDHCP") == 0 for address in _addresses(values)]
    return found[:MAX_ADDRESSES]


def _addresses(values: dict[str, Value]) -> list[str]:
    found = values.get("IPAddress")
    texts = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    return [text for text in texts if 0 < len(text) <= MAX_ADDRESS and text != UNSET_ADDRESS]


def _value(control_set: Key, path: str, name: str) -> Value | None:
    key = control_set.subkey(path)
    return key.values(name).get(name) if key else None

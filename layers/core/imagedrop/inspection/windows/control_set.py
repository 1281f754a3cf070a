"""What the SYSTEM hive says, in the control set that counts (Select\\Current)."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from imagedrop.inspection.errors import malformed
from imagedrop.inspection.facts import Architecture
from imagedrop.inspection.registry import Hive, Key, Value
from imagedrop.inspection.replay import fetch_together

ENVIRONMENT = "Control\\Session Manager\\Environment"
POWER = "Control\\Session Manager\\Power"
TERMINAL = "Control\\Terminal Server"
INTERFACES = "Services\\Tcpip\\Parameters\\Interfaces"
INTERFACES_MOST = 32
MACHINES: dict[str, Architecture] = {"amd64": "x86_64", "x86": "x86", "arm64": "arm64"}
ADDRESSES_MOST = 8  # that are told
ADDRESS_MOST = 45  # characters
NONE_YET = "0.0.0.0"  # noqa: S104 - nothing listens here
SET_MOST = 999


class Control(NamedTuple):
    """None: not recorded. `static_addresses`: of interfaces that do not ask DHCP."""

    architecture: Architecture | None
    fast_startup: bool
    remote_desktop: bool | None
    static_addresses: list[str]


def control_set(system: Hive) -> Key:
    """The control set that Windows starts with. Raises Unreadable."""
    select = system.root().subkey("Select")
    number = select.values("Current").get("Current") if select else 1
    if not isinstance(number, int) or not 0 < number <= SET_MOST:
        raise malformed("registry hive SYSTEM", f"its current control set is {number!r}")
    found = system.root().subkey(f"ControlSet{number:03}")
    if found is None:
        raise malformed("registry hive SYSTEM", f"the control set {number} is missing")
    return found


def control(current: Key) -> Control:
    environment, power, terminal = fetch_together(
        partial(_value, current, ENVIRONMENT, "PROCESSOR_ARCHITECTURE"),
        partial(_value, current, POWER, "HiberbootEnabled"),
        partial(_value, current, TERMINAL, "fDenyTSConnections"),
    )
    addresses = static_addresses(current)
    machine = MACHINES.get(environment.lower()) if isinstance(environment, str) else None
    allowed = not terminal if isinstance(terminal, int) else None
    return Control(machine, power == 1, allowed, addresses)


def static_addresses(current: Key) -> list[str]:
    interfaces = current.subkey(INTERFACES)
    names = interfaces.names(INTERFACES_MOST) if interfaces else []
    keys = interfaces.subkeys(*names).values() if interfaces else ()
    told = fetch_together(*[partial(one.values, "EnableDHCP", "IPAddress") for one in keys if one])
    found = [address for values in told if values.get("EnableDHCP") == 0 for address in _addresses(values)]
    return found[:ADDRESSES_MOST]


def _addresses(values: dict[str, Value]) -> list[str]:
    found = values.get("IPAddress")
    texts = found if isinstance(found, list) else [found] if isinstance(found, str) else []
    return [text for text in texts if 0 < len(text) <= ADDRESS_MOST and text != NONE_YET]


def _value(current: Key, path: str, name: str) -> Value | None:
    key = current.subkey(path)
    return key.values(name).get(name) if key else None

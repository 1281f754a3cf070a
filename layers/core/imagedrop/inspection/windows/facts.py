"""Everything that one Windows says of itself, and what there is to say about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from imagedrop.common import os_versions
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import Architecture, WindowsFacts
from imagedrop.inspection.findings_report import FindingsReport, guarded
from imagedrop.inspection.registry import Hive, Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows import cloudbase_init, guest_tools, machine
from imagedrop.inspection.windows.control_set import Control, control, control_set
from imagedrop.inspection.windows.drivers import drivers
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.product import Product, image_state, product

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SOFTWARE, SYSTEM = "registry hive SOFTWARE", "registry hive SYSTEM"


class WindowsEvidence(NamedTuple):
    """None: not readable, which has been said, or not recorded."""

    product: Product | None
    image_state: str | None
    control: Control | None
    drivers: dict[str, str] | None
    cloudbase_init: bool | None
    machine: Architecture | None = None  # of the kernel, looked at only where the registry does not say

    @property
    def architecture(self) -> Architecture | None:
        return (self.control and self.control.architecture) or (self.product and self.product.architecture)


def read(windows: Installation, report: FindingsReport) -> WindowsEvidence:
    """May be run again from its beginning; says what cannot be read and what is wrong with the parts."""

    def of(name: str, what: str, job: Callable[[], Any]) -> Callable[[], Any]:
        return partial(windows.once, name, partial(guarded, report, what, job))

    def software() -> Hive:
        return _clean(windows.hive("SOFTWARE"), report)

    def current() -> Key:
        return windows.once("control set", lambda: control_set(_clean(windows.hive("SYSTEM"), report)))

    seen = WindowsEvidence(
        *fetch_together(
            of("product", SOFTWARE, lambda: product(software())),
            of("state", "state of Windows Setup", lambda: image_state(software(), windows)),
            of("control", SYSTEM, lambda: control(current())),
            of("drivers", SYSTEM, lambda: drivers(windows, current, report)),
            of("cloudbase", SYSTEM, lambda: cloudbase_init.installed(windows, current, report)),
            of("tools", SYSTEM, lambda: guest_tools.say(current(), report)),
        )[:5]
    )
    if seen.architecture is None:
        seen = seen._replace(machine=guarded(report, "kernel of Windows", lambda: machine.of_kernel(windows)))
    return seen


def facts(seen: WindowsEvidence, booted: Architecture | None, report: FindingsReport) -> WindowsFacts:
    """`booted`: the architecture of the boot manager that starts it. Says what the whole of it leads to."""
    found = seen.product
    known = [one for one in (seen.architecture, seen.machine, booted) if one]
    if len(set(known)) > 1:
        report.add(kinds.ARCHITECTURES_DIFFER, one=known[0], other=known[-1])
    architecture = known[0] if known else None
    _say_not_recorded(seen, report)
    return WindowsFacts(
        product_name=found.name if found else None,
        edition=found.edition if found else None,
        build=found.build if found else None,
        ubr=found.ubr if found else None,
        display_version=found.display_version if found else None,
        installation_type=found.installation_type if found else None,
        architecture=architecture,
        drivers=seen.drivers,
        cloudbase_init=seen.cloudbase_init,
        image_state=seen.image_state,
        os_version=_os_version(found, architecture, report) if found else None,
    )


def _os_version(found: Product, architecture: Architecture | None, report: FindingsReport) -> str | None:
    """As IMS spells it."""
    if found.build is None or found.edition is None or architecture is None:
        missing = [name for name, value in (("build", found.build), ("edition", found.edition),
                                            ("architecture", architecture)) if value is None]  # fmt: skip
        report.add(kinds.WINDOWS_UNREAD, what="os_version", why=f"not known: {', '.join(missing)}")
        return None
    bits = {"x86_64": 64, "x86": 32}.get(architecture)
    version = os_versions.of(found.build, found.edition, found.is_server, bits) if bits else None
    if version is None:
        report.add(kinds.OS_UNLISTED, product=f"{found.name or found.edition} ({architecture})", build=found.build)
    return version


def _say_not_recorded(seen: WindowsEvidence, report: FindingsReport) -> None:
    values = seen.product._asdict() if seen.product else {}
    values.pop("architecture", None)
    missing = [name if name != "name" else "product_name" for name, value in values.items() if value is None]
    if seen.product and seen.image_state is None:
        missing.append("image_state")
    if missing:
        report.add(kinds.NOT_RECORDED, what=", ".join(missing))


def say_state(seen: WindowsEvidence, report: FindingsReport) -> None:
    """What the state in which it was left leads to."""
    if seen.image_state == "IMAGE_STATE_COMPLETE":
        report.add(kinds.NOT_GENERALIZED)
    elif seen.image_state and seen.image_state != "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE":
        report.add(kinds.IMAGE_STATE, state=seen.image_state)
    if seen.control:
        for address in seen.control.static_addresses:
            report.add(kinds.STATIC_ADDRESS, address=address)
        if seen.control.remote_desktop is False:
            report.add(kinds.REMOTE_DESKTOP_OFF)


def _clean(hive: Hive, report: FindingsReport) -> Hive:
    if hive.dirty:
        report.add(kinds.HIVE_DIRTY, hive=hive.name)
    return hive

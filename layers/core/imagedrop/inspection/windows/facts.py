"""What one Windows records about itself, and the facts and findings from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from imagedrop.common import os_versions
from imagedrop.findings import inspection as kinds
from imagedrop.inspection.facts import Architecture, WindowsFacts
from imagedrop.inspection.findings_report import FindingsReport, guarded
from imagedrop.inspection.registry import Hive, Key
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.windows import cloudbase_init, guest_tools, machine
from imagedrop.inspection.windows.control_set import SystemSettings, current_control_set, read_settings
from imagedrop.inspection.windows.drivers import driver_starts
from imagedrop.inspection.windows.installation import Installation
from imagedrop.inspection.windows.product import Product, read_image_state, read_product

SOFTWARE, SYSTEM = "registry hive SOFTWARE", "registry hive SYSTEM"


class WindowsEvidence(NamedTuple):
    """None: not recorded, or not readable; a finding says which."""

    product: Product | None
    image_state: str | None
    settings: SystemSettings | None
    drivers: dict[str, str] | None
    cloudbase_init: bool | None
    kernel: Architecture | None = None  # read only where the registry does not record an architecture

    @property
    def architecture(self) -> Architecture | None:
        return (self.settings and self.settings.architecture) or (self.product and self.product.architecture)


def gather_evidence(windows: Installation, report: FindingsReport) -> WindowsEvidence:
    """Reports what cannot be read, and what is wrong with the parts. Raises NotFetched; run it again then."""

    def of(name: str, what: str, job: Callable[[], Any]) -> Callable[[], Any]:
        return partial(windows.memo, name, partial(guarded, report, what, job))

    def software() -> Hive:
        return _checked(windows.hive("SOFTWARE"), report)

    def control_set() -> Key:
        return windows.memo("control set", lambda: current_control_set(_checked(windows.hive("SYSTEM"), report)))

    product, image_state, settings, drivers, cloudbase, _ = fetch_together(
        of("product", SOFTWARE, lambda: read_product(software())),
        of("image state", "state of Windows Setup", lambda: read_image_state(software(), windows)),
        of("settings", SYSTEM, lambda: read_settings(control_set())),
        of("drivers", SYSTEM, lambda: driver_starts(windows, control_set, report)),
        of("cloudbase-init", SYSTEM, lambda: cloudbase_init.is_installed(windows, control_set, report)),
        of("foreign tools", SYSTEM, lambda: guest_tools.report_foreign_tools(control_set(), report)),
    )
    evidence = WindowsEvidence(product, image_state, settings, drivers, cloudbase)
    if evidence.architecture is None:
        kernel = partial(machine.kernel_architecture, windows)
        evidence = evidence._replace(kernel=guarded(report, "kernel of Windows", kernel))
    return evidence


def windows_facts(evidence: WindowsEvidence, boot_manager: Architecture | None, report: FindingsReport) -> WindowsFacts:
    """`boot_manager`: its architecture. Reports contradictions, and what is not recorded."""
    product = evidence.product
    known = [found for found in (evidence.architecture, evidence.kernel, boot_manager) if found]
    if len(set(known)) > 1:
        report.add(kinds.ARCHITECTURES_DIFFER, one=known[0], other=known[-1])
    architecture = known[0] if known else None
    _report_not_recorded(evidence, report)
    return WindowsFacts(
        **((product._asdict() if product else {}) | {"architecture": architecture}),
        drivers=evidence.drivers,
        cloudbase_init=evidence.cloudbase_init,
        image_state=evidence.image_state,
        os_version=_os_version(product, architecture, report) if product else None,
    )


def _os_version(product: Product, architecture: Architecture | None, report: FindingsReport) -> str | None:
    """As IMS spells it."""
    if product.build is None or product.edition is None or architecture is None:
        missing = [name for name, value in (("build", product.build), ("edition", product.edition),
                                            ("architecture", architecture)) if value is None]  # fmt: skip
        report.add(kinds.WINDOWS_UNREAD, what="os_version", why=f"not known: {', '.join(missing)}")
        return None
    bits = {"x86_64": 64, "x86": 32}.get(architecture)
    version = os_versions.of(product.build, product.edition, product.is_server, bits) if bits else None
    if version is None:
        name = f"{product.product_name or product.edition} ({architecture})"
        report.add(kinds.OS_UNLISTED, product=name, build=product.build)
    return version


def _report_not_recorded(evidence: WindowsEvidence, report: FindingsReport) -> None:
    values = evidence.product._asdict() if evidence.product else {}
    missing = [name for name, value in values.items() if value is None and name != "architecture"]
    if evidence.product and evidence.image_state is None:
        missing.append("image_state")
    if missing:
        report.add(kinds.NOT_RECORDED, what=", ".join(missing))


def report_preparation(evidence: WindowsEvidence, report: FindingsReport) -> None:
    """Reports how the Windows should have been prepared before it was made an image."""
    if evidence.image_state == "IMAGE_STATE_COMPLETE":
        report.add(kinds.NOT_GENERALIZED)
    elif evidence.image_state and evidence.image_state != "IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE":
        report.add(kinds.IMAGE_STATE, state=evidence.image_state)
    if evidence.settings:
        for address in evidence.settings.static_addresses:
            report.add(kinds.STATIC_ADDRESS, address=address)
        if evidence.settings.remote_desktop is False:
            report.add(kinds.REMOTE_DESKTOP_OFF)


def _checked(hive: Hive, report: FindingsReport) -> Hive:
    if hive.dirty:
        report.add(kinds.HIVE_DIRTY, hive=hive.name)
    return hive

"""The rules: sidecar, inspected files and location in; findings, filled sidecar and the request to IMS out. Pure.

One module a topic. `resolve` decides which value is registered if the sidecar and the image differ; `check` yields the
findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imagedrop.domain.create_image_request import CreateImageRequest
from imagedrop.findings import Finding, has_errors
from imagedrop.rules import (
    config,
    data_images,
    drivers,
    fast_channel,
    firmware,
    formats,
    integrity,
    location,
    request,
    size,
    system,
)
from imagedrop.rules.defaults import fill_in
from imagedrop.rules.rule_input import InspectedFile, Location, RuleInput, empty_sidecar
from imagedrop.rules.sidecar_template import FILL_IN, sidecar_for
from imagedrop.sidecar import Sidecar

__all__ = ["FILL_IN", "InspectedFile", "Location", "Verdict", "check", "sidecar_for"]

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`findings`: of the inspection and the rules, errors first. `filled`: the sidecar with defaults for every omitted
    field. `request`: None if there are errors, no sidecar or no bucket."""

    findings: list[Finding]
    filled: dict[str, Any]
    request: CreateImageRequest | None


def check(
    sidecar: Sidecar | None, image: InspectedFile, parts: Mapping[str, InspectedFile], location: Location
) -> Verdict:
    """`sidecar`: None if missing or not valid; then only the files are checked. `parts`: the data and bitmap files that
    exist, by object key. The findings of `sidecar.read` are not repeated."""
    given = RuleInput(sidecar or empty_sidecar(), image, parts, location, has_sidecar=sidecar is not None)
    resolved = system.resolve(given)
    boot_mode = firmware.resolve(given, resolved)
    filled = fill_in(given, resolved, boot_mode, config.resolve(given, resolved, boot_mode))
    findings = [*_of_inspections(given), *_of_rules(given, resolved, boot_mode)]
    findings.sort(key=lambda finding: _ORDER[finding.severity])
    ready = given.has_sidecar and location.bucket is not None and not has_errors(findings)
    return Verdict(findings, filled, request.body(given, filled) if ready else None)


def _of_rules(given: RuleInput, resolved: system.System, boot_mode: str | None) -> Iterator[Finding]:
    yield from integrity.check(given)
    yield from formats.check_disk(given.system_disk())
    yield from size.check(given, resolved)
    yield from system.check(given, resolved)
    yield from firmware.check(given, resolved, boot_mode)
    yield from fast_channel.check(given)
    yield from config.check(given, resolved, boot_mode)
    yield from drivers.check(given, boot_mode, injected=config.injects_drivers(given, resolved, boot_mode))
    yield from data_images.check(given)
    yield from location.check(given)


def _of_inspections(given: RuleInput) -> Iterator[Finding]:
    yield from given.image.findings
    for key, part in given.parts.items():
        for finding in part.findings:
            yield replace(finding, field=finding.field or given.field_of(key))

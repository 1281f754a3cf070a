"""The rules: sidecar x facts x place -> findings, the filled sidecar and the call to make. Pure.

One module a topic. `settle` says which value is registered where sidecar and file both speak, `judge` what there is to
say about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
from imagedrop.rules.rule_input import Location, RuleInput, Subject, nothing_said
from imagedrop.rules.sidecar_template import FILL_IN, sidecar_for
from imagedrop.sidecar import Sidecar

__all__ = ["FILL_IN", "Location", "Subject", "Verdict", "check", "sidecar_for"]

_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`findings`: the inspections' and the rules', errors first. `filled`: the sidecar with every left-out field filled
    in. `request`: the body of CreateImage; empty where there are errors, no sidecar or no bucket."""

    findings: list[Finding]
    filled: dict[str, Any]
    request: dict[str, Any]


def check(sidecar: Sidecar | None, image: Subject, parts: Mapping[str, Subject], place: Location) -> Verdict:
    """`sidecar` None: there is none or it could not be read, and the file is judged alone. `parts`: data and bitmap
    files that are there, by object key. What `sidecar.read` had to say is not repeated."""
    case = RuleInput(sidecar or nothing_said(), image, parts, place, alone=sidecar is None)
    inside = system.resolve(case)
    starts = firmware.resolve(case, inside)
    filled = fill_in(case, inside, starts, config.resolve(case, inside, starts))
    findings = [*_inspected(case), *_judged(case, inside, starts)]
    findings.sort(key=lambda finding: _ORDER[finding.severity])
    ready = not case.alone and place.bucket is not None and not has_errors(findings)
    return Verdict(findings, filled, request.body(case, filled) if ready else {})


def _judged(case: RuleInput, inside: system.System, starts: str | None) -> Iterator[Finding]:
    yield from integrity.check(case)
    yield from formats.of_disk(case.system())
    yield from size.check(case, inside)
    yield from system.check(case, inside)
    yield from firmware.check(case, inside, starts)
    yield from fast_channel.check(case)
    yield from config.check(case, inside, starts)
    yield from drivers.check(case, starts, injected=config.injects(case, inside, starts))
    yield from data_images.check(case)
    yield from location.check(case)


def _inspected(case: RuleInput) -> Iterator[Finding]:
    yield from case.image.findings
    for key, part in case.parts.items():
        for finding in part.findings:
            yield finding._replace(field=finding.field or case.named(key))

"""Inspects an image and applies the rules, as the deployed functions would."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from imagedrop import rules, sidecar
from imagedrop.domain import object_keys
from imagedrop.findings import Finding, has_errors
from imagedrop.inspection import Budget, Cost, Inspection, SourceChanged, inspect
from imagedrop.inspection.facts import DiskFacts
from imagedrop.ports import ObjectHead
from imagedrop.sidecar import Sidecar
from imagedrop.workflow import pairing
from imagedrop_cli import connections
from imagedrop_cli.image_location import ImageLocation, error_text
from imagedrop_cli.output import InputError

TIME_LIMIT = 60.0  # s; a longer inspection ends with a finding


@dataclass(frozen=True)
class CheckedImage:
    """`sidecar`: None if missing or not valid. `filled_sidecar`: with defaults and values from the image."""

    key: str
    facts: DiskFacts
    findings: list[Finding]
    filled_sidecar: dict[str, Any]
    cost: Cost
    sidecar: Sidecar | None

    @property
    def clean(self) -> bool:
        return not has_errors(self.findings)

    def public(self) -> dict[str, Any]:
        """The output of `check --json`."""
        findings = [finding.public() for finding in self.findings]
        return {
            "facts": self.facts.public(),
            "findings": findings,
            "sidecar": self.filled_sidecar,
            "read": self.cost.public(),
        }


def check_image(image: ImageLocation, sidecar_text: bytes | None) -> CheckedImage:
    """Without `sidecar_text` only the file is checked. Raises CommandError if the image cannot be read."""
    reading = sidecar.Reading() if sidecar_text is None else sidecar.read(sidecar_text)
    with _read_errors(image.key):
        head = image.head(image.key)
        if head is None:
            raise InputError(f"{image.key}: no such object")
        inspection = _inspect(image, head, "system")
        parts = dict(_parts(image, reading.sidecar)) if reading.sidecar else {}
        subject = rules.InspectedFile(head, inspection.facts, inspection.findings)
        checked = rules.check(reading.sidecar, subject, parts, image.location())
    findings = [*reading.findings, *checked.findings]
    return CheckedImage(image.key, inspection.facts, findings, checked.filled, inspection.read, reading.sidecar)


def read_sidecar_file(path: Path | None) -> bytes | None:
    """At most one byte more than a sidecar may have, so that a longer one is reported. Raises CommandError."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(sidecar.LIMIT + 1)
    except OSError as error:
        raise InputError(f"{path}: {error_text(error)}") from None


def _parts(image: ImageLocation, wanted: Sidecar) -> Iterator[tuple[str, rules.InspectedFile]]:
    """(key, subject) of each data image and bitmap file that the sidecar names and that exists."""
    for key, role in pairing.parts(image.key, wanted):
        head = image.head(key) if key != object_keys.sidecar_key(image.key) else None
        if head is not None and role == pairing.BITMAP:
            yield key, rules.InspectedFile(head)
        elif head is not None:
            inspection = _inspect(image, head, "data")
            yield key, rules.InspectedFile(head, inspection.facts, inspection.findings)


def _inspect(image: ImageLocation, head: ObjectHead, role: Literal["system", "data"]) -> Inspection:
    with image.open(head) as source:
        budget = Budget(seconds=TIME_LIMIT, clock=time.monotonic)
        return inspect(source, file_name=head.key, role=role, budget=budget)


@contextmanager
def _read_errors(name: str) -> Iterator[None]:
    """Turns errors of reading into CommandError."""
    try:
        with connections.obs_errors_as(InputError):
            yield
    except SourceChanged:
        raise InputError(f"{name} changed while it was read: try again when the upload or copy has finished") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error_text(error)}") from None

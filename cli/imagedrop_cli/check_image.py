"""An image judged where it lies, on a disk, in OBS or behind an address, as the deployed functions would judge it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagedrop import rules, sidecar
from imagedrop.domain import object_keys
from imagedrop.findings import Finding, has_errors
from imagedrop.inspection import Budget, Cost, Inspection, SourceChanged, inspect
from imagedrop.inspection.facts import DiskFacts
from imagedrop.ports import ObjectHead
from imagedrop.workflow import pairing
from imagedrop_cli import connections
from imagedrop_cli.image_location import ImageLocation, error_text
from imagedrop_cli.output import USAGE, CommandError

TIME_LIMIT = 60.0  # an inspection that takes longer says so and ends


@dataclass(frozen=True)
class CheckedImage:
    """`wanted`: the sidecar as it was given, None where there is none or it is not right."""

    key: str
    facts: DiskFacts
    findings: list[Finding]
    filled: dict[str, Any]
    read: Cost
    wanted: sidecar.Sidecar | None

    @property
    def clean(self) -> bool:
        return not has_errors(self.findings)

    def public(self) -> dict[str, Any]:
        """What `check --json` prints."""
        findings = [finding.public() for finding in self.findings]
        return {"facts": self.facts.public(), "findings": findings, "sidecar": self.filled, "read": self.read.public()}


def check_image(where: ImageLocation, body: bytes | None) -> CheckedImage:
    """`body`: the sidecar's text; None: the file is judged alone. Raises Stop where it cannot be read at all."""
    reading = sidecar.read(body) if body is not None else sidecar.Reading()
    with _readable(where.key):
        head = where.head(where.key)
        if head is None:
            raise CommandError(f"{where.key}: no such object", USAGE)
        first = _inspected(where, head, "system")
        parts = dict(_parts(where, reading.sidecar)) if reading.sidecar else {}
        image = rules.Subject(head, first.facts, first.findings)
        verdict = rules.check(reading.sidecar, image, parts, where.place())
    findings = [*reading.findings, *verdict.findings]
    return CheckedImage(where.key, first.facts, findings, verdict.filled, first.read, reading.sidecar)


def read_sidecar_file(path: Path | None) -> bytes | None:
    """Enough of the file to see that it is too large. Raises Stop."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(sidecar.LIMIT + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error_text(error)}", USAGE) from None


def _parts(where: ImageLocation, wanted: sidecar.Sidecar) -> Iterator[tuple[str, rules.Subject]]:
    for key, role in pairing.parts(where.key, wanted):
        head = where.head(key) if key != object_keys.sidecar_key(where.key) else None
        if head is not None and role == pairing.BITMAP:
            yield key, rules.Subject(head)
        elif head is not None:
            seen = _inspected(where, head, "data")
            yield key, rules.Subject(head, seen.facts, seen.findings)


def _inspected(where: ImageLocation, head: ObjectHead, role: Any) -> Inspection:
    with where.open(head) as source:
        budget = Budget(seconds=TIME_LIMIT, clock=time.monotonic)
        return inspect(source, file_name=head.key, role=role, budget=budget)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        with connections.obs_errors_as(USAGE):
            yield
    except SourceChanged:
        raise CommandError(f"{name} changed while it was read: wait until it is whole, and try again", USAGE) from None
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error_text(error)}", USAGE) from None

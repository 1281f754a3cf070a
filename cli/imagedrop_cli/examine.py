"""An image judged where it lies, on a disk or in OBS, as the deployed functions would judge it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISBLK, S_ISDIR, S_ISREG
from typing import Any, Protocol

from imagedrop import names, pairing, rules, sidecar
from imagedrop.findings import Finding, has_errors
from imagedrop.inspection import Budget, Cost, FileSource, Inspection, ObjectSource, Source, SourceChanged, inspect
from imagedrop.inspection.facts import DiskFacts
from imagedrop.inspection.source import SideBySide
from imagedrop.ports import ObjectHead
from imagedrop.settings import Settings
from imagedrop_cli import places
from imagedrop_cli.output import USAGE, Stop

SECONDS = 60.0  # an inspection that takes longer says so and ends
SIDE_BY_SIDE = 8


class Shelf(Protocol):
    """Where an image and its parts lie."""

    key: str

    def head(self, key: str) -> ObjectHead | None: ...
    def open(self, head: ObjectHead) -> Source: ...
    def place(self) -> rules.Place: ...


@dataclass(frozen=True)
class Examined:
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


class Folder:
    """A file, and what lies beside it. Raises Stop for what is no file."""

    def __init__(self, path: Path) -> None:
        self._folder, self.key = path.parent, path.name
        try:
            kind = path.stat().st_mode
        except (OSError, ValueError) as error:
            raise Stop(f"{path}: {reason(error)}", USAGE) from None
        if not (S_ISREG(kind) or S_ISBLK(kind)):
            raise Stop(f"{path} is {'a folder' if S_ISDIR(kind) else 'no file'}, not an image", USAGE)

    def head(self, key: str) -> ObjectHead | None:
        path = self._folder / key
        if not path.is_file() and not path.is_block_device():
            return None
        with self._opened(path) as source:
            return ObjectHead(key=key, etag="", size=source.size, last_modified="")

    def open(self, head: ObjectHead) -> FileSource:
        return self._opened(self._folder / head.key)

    def place(self) -> rules.Place:
        return rules.Place(settings=Settings())

    def _opened(self, path: Path) -> FileSource:
        try:
            return FileSource(path)
        except OSError as error:
            raise Stop(f"{path}: {reason(error)}", USAGE) from None


class Bucket:
    """An object, and what lies beside it."""

    def __init__(self, obs: places.Obs, bucket: str, key: str) -> None:
        self.key, self._bucket, self._settings, self._objects = key, bucket, obs.settings, obs.objects

    def head(self, key: str) -> ObjectHead | None:
        return self._objects.head(self._bucket, key)

    def open(self, head: ObjectHead) -> Source:
        return SideBySide(ObjectSource(self._objects, self._bucket, head.key, head), _together)

    def place(self) -> rules.Place:
        return rules.Place(
            settings=self._settings,
            bucket=self._bucket,
            region=self._objects.region(self._bucket),
            storage_class=self._objects.storage_class(self._bucket),
        )


def shelf(image: str, folder: Path | None) -> Shelf:
    """By what the user calls the image: a path, or `obs://bucket/key`."""
    address = places.split(image)
    return Folder(Path(image)) if address is None else Bucket(places.obs(folder), *address)


def examine(where: Shelf, body: bytes | None) -> Examined:
    """`body`: the sidecar's text; None: the file is judged alone. Raises Stop where it cannot be read at all."""
    reading = sidecar.read(body) if body is not None else sidecar.Reading()
    with _readable(where.key):
        head = where.head(where.key)
        if head is None:
            raise Stop(f"{where.key}: no such object", USAGE)
        first = _inspected(where, head, "system")
        parts = dict(_parts(where, reading.sidecar)) if reading.sidecar else {}
        image = rules.Subject(head, first.facts, first.findings)
        verdict = rules.judge(reading.sidecar, image, parts, where.place())
    findings = [*reading.findings, *verdict.findings]
    return Examined(where.key, first.facts, findings, verdict.filled, first.read, reading.sidecar)


def sidecar_text(path: Path | None) -> bytes | None:
    """Enough of the file to see that it is too large. Raises Stop."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(sidecar.LIMIT + 1)
    except OSError as error:
        raise Stop(f"{path}: {reason(error)}", USAGE) from None


def reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _parts(where: Shelf, wanted: sidecar.Sidecar) -> Iterator[tuple[str, rules.Subject]]:
    for key, role in pairing.parts(where.key, wanted):
        head = where.head(key) if key != names.sidecar_key(where.key) else None
        if head is not None and role == pairing.BITMAP:
            yield key, rules.Subject(head)
        elif head is not None:
            seen = _inspected(where, head, "data")
            yield key, rules.Subject(head, seen.facts, seen.findings)


def _inspected(where: Shelf, head: ObjectHead, role: Any) -> Inspection:
    source = where.open(head)
    try:
        budget = Budget(seconds=SECONDS, clock=time.monotonic)
        return inspect(source, file_name=head.key, role=role, budget=budget)
    finally:
        if isinstance(source, FileSource):
            source.close()


def _together(calls: Any) -> list[bytes]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda call: call(), calls))


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        with places.answering(USAGE):
            yield
    except SourceChanged:
        raise Stop(f"{name} changed while it was read: wait until it is whole, and try again", USAGE) from None
    except OSError as error:
        raise Stop(f"{name} cannot be read: {reason(error)}", USAGE) from None

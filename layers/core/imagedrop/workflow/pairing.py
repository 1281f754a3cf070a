"""Pairing: which files make a drop, which of them are there, and which are still waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, Owner, Versions
from imagedrop.findings import Finding
from imagedrop.findings import pairing as kinds
from imagedrop.ports import ObjectHead, Objects, Ports
from imagedrop.settings import IMAGE_SUFFIXES, Settings
from imagedrop.sidecar import LIMIT as SIDECAR_LIMIT
from imagedrop.sidecar import Reading, Sidecar
from imagedrop.sidecar import read as read_sidecar
from imagedrop.workflow import completion
from imagedrop.workflow.bucket_records import file_versions

NOT_RAW = tuple(suffix for suffix in IMAGE_SUFFIXES if suffix not in (".raw", ".img"))
DATA, BITMAP = "data disk", "bitmap file"


def looks_like_image(key: str, settings: Settings) -> bool:
    return key.lower().endswith(settings.image_suffixes)


def images_concerned(ports: Ports, bucket: str, key: str) -> list[str]:
    """The keys of the images whose drops an object belongs to: as image, as sidecar, as data or bitmap file."""
    if object_keys.is_ours(key) or not key.startswith(ports.settings.drop_prefix):
        return []
    image = key.removesuffix(object_keys.SIDECAR_SUFFIX)
    if image != key:
        known = looks_like_image(image, ports.settings) or (image and ports.objects.head(bucket, image) is not None)
        return [image] if known else []
    owners = [image for image in ports.ledger.images_naming_part(bucket, key) if _names(ports, bucket, image, key)]
    if not owners and looks_like_image(key, ports.settings):
        return [key]
    own = ports.objects.head(bucket, object_keys.sidecar_key(key)) is not None
    return [*owners, *([key] if own and key not in owners else [])]


def _names(ports: Ports, bucket: str, image_key: str, part: str) -> bool:
    """What a sidecar says now counts, and that of a drop which may still come: the ledger also knows what once was."""
    found = ports.objects.get(bucket, object_keys.sidecar_key(image_key), limit=SIDECAR_LIMIT + 1)
    wanted = read_sidecar(found[1]).sidecar if found else None
    if found is None or wanted is None or part not in dict(parts(image_key, wanted)):
        return False
    return ports.objects.head(bucket, image_key) is not None or not has_been_read(ports, bucket, image_key, found[0])


def has_been_read(ports: Ports, bucket: str, image_key: str, sidecar: ObjectHead) -> bool:
    """A drop has read this very sidecar: its image was there, and was taken away if it is not there now."""
    rows = ports.ledger.rows_of_key(bucket, image_key)
    read = [row.versions.get(sidecar.key) for row in rows if row.etag is not None and row.stage != "waiting"]
    return file_versions.version_of(sidecar) in read


@dataclass(frozen=True)
class Files:
    """The files of one drop as they lie there now. `heads` holds every file that was looked for, None if absent."""

    image_key: str
    heads: Mapping[str, ObjectHead | None]
    reading: Reading | None
    roles: Mapping[str, str] = field(default_factory=dict)  # of the parts: DATA or BITMAP

    @classmethod
    def gather(cls, objects: Objects, bucket: str, image_key: str, image: ObjectHead | None) -> Files:
        beside = object_keys.sidecar_key(image_key)
        found = objects.get(bucket, beside, limit=SIDECAR_LIMIT + 1)
        reading = read_sidecar(found[1]) if found else None
        roles = dict(parts(image_key, reading.sidecar)) if reading and reading.sidecar else {}
        roles = {key: role for key, role in roles.items() if key not in (image_key, beside)}  # which the rules refuse
        heads = {image_key: image, beside: found[0] if found else None}
        heads |= {key: objects.head(bucket, key) for key in roles}
        return cls(image_key, heads, reading, roles)

    @property
    def image(self) -> ObjectHead | None:
        return self.heads[self.image_key]

    @property
    def sidecar(self) -> ObjectHead | None:
        return self.heads[object_keys.sidecar_key(self.image_key)]

    @property
    def versions(self) -> Versions:
        return {key: file_versions.version_of(head) for key, head in self.heads.items()}

    @property
    def owner(self) -> Owner | None:
        owner = self.reading.owner if self.reading else None
        return Owner(email=owner.email, name=owner.name, language=owner.language) if owner else None

    @property
    def faults(self) -> list[Finding]:
        return list(self.reading.findings) if self.reading else []

    @property
    def wanted(self) -> Sidecar | None:
        return self.reading.sidecar if self.reading else None

    def present(self) -> list[ObjectHead]:
        """The image and its parts, as far as they are there."""
        return [head for key in (self.image_key, *self.roles) if (head := self.heads[key]) is not None]


def parts(image_key: str, wanted: Sidecar) -> Iterator[tuple[str, str]]:
    for disk in wanted.data_images or ():
        key = object_keys.part_key(image_key, disk.file)
        yield key, DATA
        if disk.is_quick_import and _wants_bitmap(key):
            yield object_keys.bitmap_key(key), BITMAP
    if wanted.is_quick_import and _wants_bitmap(image_key):
        yield object_keys.bitmap_key(image_key), BITMAP


def _wants_bitmap(key: str) -> bool:
    """Raw files need one on the fast channel; what its name calls something else is not waited for but judged."""
    return not key.lower().endswith(NOT_RAW)


@dataclass(frozen=True)
class Missing:
    key: str
    finding: Finding  # what is said if it never comes


def missing(files: Files, row: Drop) -> list[Missing]:
    """What has to arrive before the drop can be judged."""
    since = row.received_at
    beside = object_keys.sidecar_key(files.image_key)
    if files.sidecar is None:
        return [Missing(beside, kinds.SIDECAR_MISSING(key=files.image_key, sidecar=beside, since=since))]
    waits = _other_content(files, since)
    for key, role in files.roles.items():
        if files.heads[key] is None:
            waits.append(Missing(key, kinds.PART_MISSING(at=key, role=role, file=key, since=since)))
    return waits


def _other_content(files: Files, since: str) -> list[Missing]:
    """The sidecar may say which content it means; an older file under the same key is not it."""
    wanted, image = files.wanted, files.image
    if wanted is None or image is None:
        return []
    pairs: list[tuple[str, object, object]] = [("size", wanted.size, image.size)]
    pairs.append(("etag", wanted.etag.strip('"').lower() if wanted.etag else None, image.etag.lower()))
    return [
        Missing(
            files.image_key,
            kinds.OTHER_CONTENT(at=f"/{what}", what=what, wanted=want, found=found, key=files.image_key, since=since),
        )
        for what, want, found in pairs
        if want is not None and want != found
    ]


def record_parts(ports: Ports, bucket: str, files: Files) -> None:
    """Records whose the data and bitmap files are, so that they are never taken for drops of their own."""
    for key in files.roles:
        ports.ledger.record_part(bucket, key, files.image_key)
        discard_if_part(ports, bucket, key, files.heads[key])


def discard_if_part(ports: Ports, bucket: str, key: str, head: ObjectHead | None) -> None:
    """A part of another drop, without a sidecar of its own, waits for none."""
    row = ports.ledger.get(drops.drop_id(bucket, key, head.etag)) if head else None
    if row is not None and row.stage == "waiting" and ports.objects.head(bucket, object_keys.sidecar_key(key)) is None:
        completion.discard_waiting(ports, row)

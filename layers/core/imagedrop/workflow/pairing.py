"""Pairing: which files make up a drop, which of them are in the bucket, and which it still waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, Owner, Versions
from imagedrop.findings import Finding
from imagedrop.findings import pairing as pairing_findings
from imagedrop.ports import ObjectHead, Objects, Ports
from imagedrop.settings import IMAGE_SUFFIXES, Settings
from imagedrop.sidecar import LIMIT as SIDECAR_LIMIT
from imagedrop.sidecar import Reading, Sidecar
from imagedrop.sidecar import read as read_sidecar
from imagedrop.workflow import completion
from imagedrop.workflow.bucket_records import file_versions

NOT_RAW = tuple(suffix for suffix in IMAGE_SUFFIXES if suffix not in (".raw", ".img"))
DATA, BITMAP = "data disk", "bitmap file"  # roles of parts: the files of a drop other than image and sidecar


def looks_like_image(key: str, settings: Settings) -> bool:
    return key.lower().endswith(settings.image_suffixes)


def image_keys_of_object(ports: Ports, bucket: str, key: str) -> list[str]:
    """The image keys of the drops that an object belongs to, as image, sidecar, data file or bitmap file. A drop that
    is open belongs to us whatever bucket, prefix and suffixes are set now."""
    if object_keys.is_ours(key):
        return []
    is_in_scope = bucket == ports.settings.drop_bucket and key.startswith(ports.settings.drop_prefix)
    found = _image_keys_by_settings(ports, bucket, key) if is_in_scope else []
    return found or _image_keys_of_open_drops(ports, bucket, key)


def _image_keys_of_open_drops(ports: Ports, bucket: str, key: str) -> list[str]:
    candidates = {key.removesuffix(object_keys.SIDECAR_SUFFIX), key, *ports.ledger.images_naming_part(bucket, key)}
    return sorted(
        image_key for image_key in candidates if any(row.open for row in ports.ledger.rows_of_key(bucket, image_key))
    )


def _image_keys_by_settings(ports: Ports, bucket: str, key: str) -> list[str]:
    image_key = key.removesuffix(object_keys.SIDECAR_SUFFIX)
    if image_key != key:
        is_sidecar = looks_like_image(image_key, ports.settings) or (
            image_key and ports.objects.head(bucket, image_key) is not None
        )
        return [image_key] if is_sidecar else []
    images = [image for image in ports.ledger.images_naming_part(bucket, key) if _is_part_of(ports, bucket, image, key)]
    if not images and looks_like_image(key, ports.settings):
        return [key]
    # A part, or a key that does not look like an image, is a drop itself only if it has a sidecar.
    has_sidecar = ports.objects.head(bucket, object_keys.sidecar_key(key)) is not None
    return [*images, *([key] if has_sidecar and key not in images else [])]


def _is_part_of(ports: Ports, bucket: str, image_key: str, part: str) -> bool:
    """True if the sidecar names the part now (the ledger also has old ones), and its image is there or may come."""
    found = ports.objects.get(bucket, object_keys.sidecar_key(image_key), limit=SIDECAR_LIMIT + 1)
    sidecar = read_sidecar(found[1]).sidecar if found else None
    if found is None or sidecar is None or part not in dict(parts(image_key, sidecar)):
        return False
    return ports.objects.head(bucket, image_key) is not None or not sidecar_was_read(ports, bucket, image_key, found[0])


def sidecar_was_read(ports: Ports, bucket: str, image_key: str, sidecar: ObjectHead) -> bool:
    """True if a drop has read this version of the sidecar: if its image is missing now, it was deleted."""
    rows = ports.ledger.rows_of_key(bucket, image_key)
    versions_read = [row.versions.get(sidecar.key) for row in rows if row.etag is not None and row.stage != "waiting"]
    return file_versions.version_of(sidecar) in versions_read


@dataclass(frozen=True)
class Files:
    """The files of one drop as they are in the bucket now. `heads`: of image, sidecar and parts; None: there is no such
    object. `roles`: of the parts."""

    image_key: str
    heads: Mapping[str, ObjectHead | None]
    reading: Reading | None
    roles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, objects: Objects, bucket: str, image_key: str, image_head: ObjectHead | None) -> Files:
        sidecar_key = object_keys.sidecar_key(image_key)
        found = objects.get(bucket, sidecar_key, limit=SIDECAR_LIMIT + 1)
        reading = read_sidecar(found[1]) if found else None
        roles = dict(parts(image_key, reading.sidecar)) if reading and reading.sidecar else {}
        # A sidecar that names its own image or itself as a part: the rules refuse that.
        roles = {key: role for key, role in roles.items() if key not in (image_key, sidecar_key)}
        heads = {image_key: image_head, sidecar_key: found[0] if found else None}
        heads |= {key: objects.head(bucket, key) for key in roles}
        return cls(image_key, heads, reading, roles)

    @property
    def image_head(self) -> ObjectHead | None:
        return self.heads[self.image_key]

    @property
    def sidecar_head(self) -> ObjectHead | None:
        return self.heads[object_keys.sidecar_key(self.image_key)]

    @property
    def versions(self) -> Versions:
        return {key: file_versions.version_of(head) for key, head in self.heads.items()}

    @property
    def sidecar(self) -> Sidecar | None:
        """None if it is missing or has errors."""
        return self.reading.sidecar if self.reading else None

    @property
    def owner(self) -> Owner | None:
        owner = self.reading.owner if self.reading else None
        return Owner(email=owner.email, name=owner.name, language=owner.language) if owner else None

    @property
    def findings(self) -> list[Finding]:
        """Of the sidecar's text."""
        return list(self.reading.findings) if self.reading else []

    def present(self) -> list[ObjectHead]:
        """The image and its parts, those that are there."""
        return [head for key in (self.image_key, *self.roles) if (head := self.heads[key]) is not None]


def parts(image_key: str, sidecar: Sidecar) -> Iterator[tuple[str, str]]:
    """Key and role of each file that the sidecar needs besides the image."""
    for disk in sidecar.data_images or ():
        key = object_keys.part_key(image_key, disk.file)
        yield key, DATA
        if disk.is_quick_import and _needs_bitmap(key):
            yield object_keys.bitmap_key(key), BITMAP
    if sidecar.is_quick_import and _needs_bitmap(image_key):
        yield object_keys.bitmap_key(image_key), BITMAP


def _needs_bitmap(key: str) -> bool:
    """True if the file may be raw by its name: raw files need a bitmap file on the fast channel."""
    return not key.lower().endswith(NOT_RAW)


@dataclass(frozen=True)
class Missing:
    key: str
    finding: Finding | None = None  # of the rejection, if the file never comes. None: it is no drop then


def missing_files(files: Files, row: Drop) -> list[Missing]:
    """What has to arrive before the drop can be accepted or rejected."""
    since = row.received_at
    if files.sidecar_head is None:
        return [Missing(object_keys.sidecar_key(files.image_key))]
    missing = _other_content(files, since)
    for key, role in files.roles.items():
        if files.heads[key] is None:
            missing.append(Missing(key, pairing_findings.PART_MISSING(at=key, role=role, file=key, since=since)))
    return missing


def _other_content(files: Files, since: str) -> list[Missing]:
    """The image, if its size or ETag is not the one that the sidecar states: an older file has the same key."""
    sidecar, head = files.sidecar, files.image_head
    if sidecar is None or head is None:
        return []
    stated: list[tuple[str, object, object]] = [("size", sidecar.size, head.size)]
    stated.append(("etag", sidecar.etag.strip('"').lower() if sidecar.etag else None, head.etag.lower()))
    return [
        Missing(
            files.image_key,
            pairing_findings.OTHER_CONTENT(
                at=f"/{what}", what=what, wanted=wanted, found=found, key=files.image_key, since=since
            ),
        )
        for what, wanted, found in stated
        if wanted is not None and wanted != found
    ]


def record_parts(ports: Ports, bucket: str, files: Files) -> None:
    """Records to which image the data and bitmap files belong, so that no drop is made of such a file itself."""
    for key in files.roles:
        ports.ledger.record_part(bucket, key, files.image_key)
        discard_if_part(ports, bucket, key, files.heads[key])


def discard_if_part(ports: Ports, bucket: str, key: str, head: ObjectHead | None) -> None:
    """Discards the waiting row of a file that turned out to be a part of another drop and has no sidecar itself."""
    row = ports.ledger.get(drops.drop_id(bucket, key, head.etag)) if head else None
    if row is not None and row.stage == "waiting" and ports.objects.head(bucket, object_keys.sidecar_key(key)) is None:
        completion.discard_waiting(ports, row)

"""What lies in the bucket, as LIST tells it. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from imagedrop.domain import object_keys
from imagedrop.domain.drop import FileVersion
from imagedrop.ports import ObjectHead
from imagedrop.settings import Settings
from imagedrop.workflow import pairing
from imagedrop.workflow.bucket_records import end_markers, file_versions


@dataclass
class BucketInventory:
    """What lies in the bucket, as LIST tells it."""

    settings: Settings
    bucket: str
    versions: dict[str, FileVersion] = field(default_factory=dict)
    seals: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)  # of every file as it is, and of every name that is there

    def add(self, head: ObjectHead) -> None:
        key = head.key
        if key.startswith(object_keys.END_MARKERS):
            if seal := end_markers.parse_end_marker(key):
                self.seals.setdefault(seal[0], []).append(seal[2])
        elif key.startswith(object_keys.FOLDER):
            self.claims.add(key.removeprefix(object_keys.FOLDER).removesuffix(".json"))
        elif not object_keys.is_ours(key) and key.startswith(self.settings.drop_prefix):
            version = FileVersion(etag=head.etag, last_modified=head.last_modified)
            self.versions[key] = version
            self.digests |= {file_versions.version_digest(key, version), file_versions.version_digest(key, None)}

    def images(self) -> Iterator[str]:
        """The keys of images, there or announced by a sidecar, that are nobody's data or bitmap file so far as the
        listing can tell."""
        for key in self.versions:
            if key.endswith(object_keys.SIDECAR_SUFFIX):
                image = key.removesuffix(object_keys.SIDECAR_SUFFIX)
                if image not in self.versions and pairing.looks_like_image(image, self.settings):
                    yield image
            elif pairing.looks_like_image(key, self.settings) or object_keys.sidecar_key(key) in self.versions:
                yield key

    def over(self, image_key: str) -> bool:
        """True if this drop, as it lies there, has ended: a seal has read these very files and missed no other."""
        image = self.versions.get(image_key)
        name = end_markers.end_marker_folder(self.bucket, image_key, image.etag if image else None)
        beside = object_keys.sidecar_key(image_key)
        own = {file_versions.version_digest(key, self.versions.get(key)) for key in (image_key, beside)}
        return any(own <= seal and self._holds(seal) for seal in self.seals.get(name, ()))

    def _holds(self, seal: frozenset[str]) -> bool:
        return all((one in self.digests) == one.startswith("v") for one in seal)

    def belongs(self, image_key: str, open_parts: Container[str], read: Container[str]) -> bool:
        """True of a part of another drop, and of a sidecar that has been read and whose image was taken away since."""
        beside = object_keys.sidecar_key(image_key)
        image, sidecar = self.versions.get(image_key), self.versions.get(beside)
        if image is None:
            return file_versions.version_digest(beside, sidecar) in read
        return sidecar is None and (image_key in open_parts or file_versions.version_digest(image_key, image) in read)

    def parts(self) -> frozenset[str]:
        """Digests of the files that some end has read: a data file of a drop that is over is no drop of its own."""
        return frozenset(one for seals in self.seals.values() for seal in seals for one in seal)

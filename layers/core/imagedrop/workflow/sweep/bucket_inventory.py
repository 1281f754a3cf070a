"""Decides, by LIST pages of files, claims and end markers alone, which drops have ended or changed. No I/O."""

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
    """Built from LIST pages. `end_markers`: name of the drop's folder -> the digests of each of its end markers."""

    settings: Settings
    bucket: str
    versions: dict[str, FileVersion] = field(default_factory=dict)
    end_markers: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)  # drop ids
    digests: set[str] = field(default_factory=set)  # of each file's version, and of each key that exists

    def add(self, head: ObjectHead) -> None:
        key = head.key
        if key.startswith(object_keys.END_MARKERS):
            if marker := end_markers.parse_end_marker(key):
                folder, _, digests = marker
                self.end_markers.setdefault(folder, []).append(digests)
        elif object_keys.is_claim(key):
            self.claims.add(key.removeprefix(object_keys.FOLDER).removesuffix(".json"))
        elif not object_keys.is_ours(key) and key.startswith(self.settings.drop_prefix):
            version = FileVersion(etag=head.etag, last_modified=head.last_modified)
            self.versions[key] = version
            self.digests |= {file_versions.version_digest(key, version), file_versions.version_digest(key, None)}

    def image_keys(self) -> Iterator[str]:
        """Keys of images, in the bucket or announced by a sidecar. Parts of other drops are among them."""
        for key in self.versions:
            if key.endswith(object_keys.SIDECAR_SUFFIX):
                image_key = key.removesuffix(object_keys.SIDECAR_SUFFIX)
                if image_key not in self.versions and pairing.looks_like_image(image_key, self.settings):
                    yield image_key
            elif pairing.looks_like_image(key, self.settings) or object_keys.sidecar_key(key) in self.versions:
                yield key

    def has_ended(self, image_key: str) -> bool:
        """True if the drop has ended with the files as they are now: none has changed, come or gone since."""
        image = self.versions.get(image_key)
        folder = end_markers.end_marker_folder(self.bucket, image_key, image.etag if image else None)
        keys = (image_key, object_keys.sidecar_key(image_key))
        digests = {file_versions.version_digest(key, self.versions.get(key)) for key in keys}
        return any(digests <= marker and self._is_current(marker) for marker in self.end_markers.get(folder, ()))

    def _is_current(self, marker: frozenset[str]) -> bool:
        """A digest that begins with `v` is of a version that was read, any other of a key that was absent."""
        return all((digest in self.digests) == digest.startswith("v") for digest in marker)

    def is_part_or_read_sidecar(self, image_key: str, open_parts: Container[str], read: Container[str]) -> bool:
        """True for a part of another drop, and for a sidecar that was read before its image was taken away.
        `open_parts`: keys of the parts of open drops; `read`: see `digests_read`."""
        sidecar_key = object_keys.sidecar_key(image_key)
        image, sidecar = self.versions.get(image_key), self.versions.get(sidecar_key)
        if image is None:
            return file_versions.version_digest(sidecar_key, sidecar) in read
        return sidecar is None and (image_key in open_parts or file_versions.version_digest(image_key, image) in read)

    def digests_read(self) -> frozenset[str]:
        """Digests of the files that ended drops have read."""
        return frozenset(digest for markers in self.end_markers.values() for marker in markers for digest in marker)

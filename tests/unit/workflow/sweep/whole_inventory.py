"""What the sweep must find, decided with all keys of the bucket in memory: a model for the real one, which streams."""

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
class WholeInventory:
    """`end_markers`: name of the drop's folder -> the digests of each of its end markers."""

    settings: Settings
    bucket: str
    versions: dict[str, FileVersion] = field(default_factory=dict)
    end_markers: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    digests: set[str] = field(default_factory=set)  # of each file's version, and of each key that exists

    def add(self, head: ObjectHead) -> None:
        key = head.key
        if key.startswith(object_keys.END_MARKERS):
            if marker := end_markers.parse_end_marker(key):
                folder, _, digests = marker
                self.end_markers.setdefault(folder, []).append(digests)
        elif not object_keys.is_ours(key) and key.startswith(self.settings.drop_prefix):
            version = FileVersion(etag=head.etag, last_modified=head.last_modified)
            self.versions[key] = version
            self.digests |= {file_versions.version_digest(key, version), file_versions.version_digest(key, None)}

    def lost(self, open_keys: Container[str] = (), open_parts: Container[str] = ()) -> set[str]:
        """The image keys to enqueue."""
        return {
            key
            for key in self._image_keys()
            if key not in open_keys and not self._has_ended(key) and not self._is_part_or_read(key, open_parts)
        }

    def _image_keys(self) -> Iterator[str]:
        for key in self.versions:
            if key.endswith(object_keys.SIDECAR_SUFFIX):
                image_key = key.removesuffix(object_keys.SIDECAR_SUFFIX)
                if image_key not in self.versions and pairing.looks_like_image(image_key, self.settings):
                    yield image_key
            elif pairing.looks_like_image(key, self.settings) or object_keys.sidecar_key(key) in self.versions:
                yield key

    def _has_ended(self, image_key: str) -> bool:
        image = self.versions.get(image_key)
        folder = end_markers.end_marker_folder(self.bucket, image_key, image.etag if image else None)
        keys = (image_key, object_keys.sidecar_key(image_key))
        digests = {file_versions.version_digest(key, self.versions.get(key)) for key in keys}
        return any(digests <= marker and self._is_current(marker) for marker in self.end_markers.get(folder, ()))

    def _is_current(self, marker: frozenset[str]) -> bool:
        return all((digest in self.digests) == digest.startswith("v") for digest in marker)

    def _is_part_or_read(self, image_key: str, open_parts: Container[str]) -> bool:
        sidecar_key = object_keys.sidecar_key(image_key)
        read = {digest for markers in self.end_markers.values() for marker in markers for digest in marker}
        image, sidecar = self.versions.get(image_key), self.versions.get(sidecar_key)
        if image is None:
            return file_versions.version_digest(sidecar_key, sidecar) in read
        return sidecar is None and (image_key in open_parts or file_versions.version_digest(image_key, image) in read)

"""Tells from the end markers which drops have ended with the files as they are now. No I/O.

Most end markers are of drops with an image and a sidecar and nothing else. They take 24 bytes each, so a million fits
into the memory of the function.
"""

from __future__ import annotations

from imagedrop.domain.drop import FileVersion
from imagedrop.domain.object_keys import sidecar_key
from imagedrop.workflow.bucket_records import end_markers
from imagedrop.workflow.bucket_records.file_versions import version_digest
from imagedrop.workflow.sweep.drops_with_parts import DropsWithParts
from imagedrop.workflow.sweep.hash_set import HashSet
from imagedrop.workflow.sweep.pairing_in_order import Pair


class EndedDrops:
    """Add every end marker, then `sort`, then ask."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._pairs = HashSet()  # folder of an end marker, with its two digests
        self._read = HashSet()  # digests of the files that ended drops have read
        self.with_parts = DropsWithParts()

    def add(self, marker_key: str) -> None:
        """Ignores keys that are no end markers."""
        if (marker := end_markers.parse_end_marker(marker_key)) is None:
            return
        folder, _, digests = marker
        for digest in digests:
            if digest.startswith("v"):
                self._read.add(hash(digest))
        if len(digests) > 2:
            self.with_parts.add(folder, digests)
        else:
            self._pairs.add(_hash(folder, *digests))

    def sort(self) -> None:
        self._pairs.sort()
        self._read.sort()
        self.with_parts.sort()

    def folder(self, pair: Pair) -> str:
        """The name of the folder of its end markers."""
        return end_markers.end_marker_folder(self._bucket, pair.image_key, pair.image.etag if pair.image else None)

    def has_ended(self, pair: Pair, folder: str) -> bool:
        """True if a drop without parts has ended with these versions of image and sidecar."""
        digests = (
            version_digest(pair.image_key, pair.image),
            version_digest(sidecar_key(pair.image_key), pair.sidecar),
        )
        return _hash(folder, *digests) in self._pairs

    def was_read(self, key: str, version: FileVersion) -> bool:
        """True if an ended drop has read this version of a file."""
        return hash(version_digest(key, version)) in self._read


def _hash(folder: str, *digests: str) -> int:
    return hash(".".join([folder, *sorted(digests)]))

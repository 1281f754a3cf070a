"""Checks a file before its upload, by the key and the bucket that it will have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from imagedrop import rules
from imagedrop.adapters.obs.errors import KEYS_REFUSED
from imagedrop.domain import object_keys
from imagedrop.inspection import FileSource
from imagedrop.ports import ObjectHead, ObjectsRefused
from imagedrop_cli import connections
from imagedrop_cli.image_location import FileLocation
from imagedrop_cli.options import check_bucket_name
from imagedrop_cli.output import InputError

MAX_KEY_LENGTH = 1024  # bytes (OBS API: PutObject)
NO_BUCKET = ("NoSuchBucket", "404")


class PlannedUpload(FileLocation):
    """A local file with the key it will have. `prefix`: the key before the file name, with its slash, or empty."""

    def __init__(self, path: Path, obs: connections.ObsConnection, bucket: str, prefix: str) -> None:
        super().__init__(path)
        self.key = prefix + path.name
        self.bucket, self.prefix, self._obs = bucket, prefix, obs
        self._check_key()

    def head(self, key: str) -> ObjectHead | None:
        found = super().head(key.removeprefix(self.prefix))
        return replace(found, key=key) if found else None

    def open(self, head: ObjectHead) -> FileSource:
        return super().open(replace(head, key=head.key.removeprefix(self.prefix)))

    def location(self) -> rules.Location:
        region, storage_class = self._bucket_properties()
        return rules.Location(
            settings=self._obs.settings, bucket=self.bucket, region=region, storage_class=storage_class
        )

    def _bucket_properties(self) -> tuple[str | None, str | None]:
        """Region and storage class; None if the keys may upload but not read them."""
        objects = self._obs.objects
        try:
            return objects.region(self.bucket), objects.storage_class(self.bucket)
        except ObjectsRefused as error:
            if error.code in NO_BUCKET:
                raise InputError(f"bucket {self.bucket} does not exist in OBS: create it, or use --bucket") from None
            if error.code not in KEYS_REFUSED:
                raise
            return None, None

    def _check_key(self) -> None:
        """Raises CommandError for a key that the functions would ignore or that OBS does not accept."""
        required = self._obs.settings.drop_prefix
        if self.bucket == self._obs.settings.drop_bucket and not self.key.startswith(required):
            raise InputError(f"{self.key} is ignored: keys of drops begin with {required}. Use --prefix {required}")
        if object_keys.is_ours(self.key):
            raise InputError(
                f"{self.key} is ignored: imagedrop uses it for its own files. Rename it, or change --prefix"
            )
        if len(object_keys.result_key(self.key).encode(errors="surrogateescape")) > MAX_KEY_LENGTH:
            raise InputError(f"{self.key} is too long: the key of its result file exceeds {MAX_KEY_LENGTH} bytes")


def target_bucket(option: str, obs: connections.ObsConnection) -> str:
    bucket = option or obs.settings.drop_bucket
    if not bucket:
        raise InputError("the bucket is missing: use --bucket, or set IMAGEDROP_DROP_BUCKET")
    return check_bucket_name(bucket)


def key_prefix(prefix: str) -> str:
    """Without a leading slash; with a trailing one unless empty."""
    prefix = prefix.lstrip("/")
    return prefix if not prefix or prefix.endswith("/") else prefix + "/"

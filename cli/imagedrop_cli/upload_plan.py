"""A file on its way into a bucket: judged, before a byte is sent, by the key and the bucket that it will have."""

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
from imagedrop_cli.output import USAGE, CommandError

MAX_KEY_LENGTH = 1024  # bytes of a key (OBS API: PutObject)
NO_BUCKET = ("NoSuchBucket", "404")


class PlannedUpload(FileLocation):
    """`folder`: the keys' part before the file's name, with its slash."""

    def __init__(self, path: Path, obs: connections.ObsConnection, bucket: str, folder: str) -> None:
        super().__init__(path)
        self.key = folder + path.name
        self.bucket, self.prefix, self._obs = bucket, folder, obs
        self._refuse_lost()

    def head(self, key: str) -> ObjectHead | None:
        found = super().head(key.removeprefix(self.prefix))
        return replace(found, key=key) if found else None

    def open(self, head: ObjectHead) -> FileSource:
        return super().open(replace(head, key=head.key.removeprefix(self.prefix)))

    def place(self) -> rules.Location:
        region, storage_class = self._known()
        return rules.Location(
            settings=self._obs.settings, bucket=self.bucket, region=region, storage_class=storage_class
        )

    def _known(self) -> tuple[str | None, str | None]:
        """The bucket's region and storage class. Whoever may upload need not be allowed to ask."""
        objects = self._obs.objects
        try:
            return objects.region(self.bucket), objects.storage_class(self.bucket)
        except ObjectsRefused as error:
            if error.code in NO_BUCKET:
                raise CommandError(f"OBS has no bucket {self.bucket}: create it, or use --bucket", USAGE) from None
            if error.code not in KEYS_REFUSED:
                raise
            return None, None

    def _refuse_lost(self) -> None:
        """An upload that nobody would ever take notice of. Raises Stop."""
        watched = self._obs.settings.drop_prefix
        if self.bucket == self._obs.settings.drop_bucket and not self.key.startswith(watched):
            raise CommandError(
                f"only keys that begin with {watched} are drops, and {self.key} does not: mend --prefix", USAGE
            )
        if object_keys.is_ours(self.key):
            raise CommandError(
                f"{self.key} would be taken for a file of imagedrop's own: rename it, or mend --prefix", USAGE
            )
        if len(object_keys.result_key(self.key).encode(errors="surrogateescape")) > MAX_KEY_LENGTH:
            raise CommandError(
                f"{self.key} and the files beside it need keys of over {MAX_KEY_LENGTH} bytes: shorten it", USAGE
            )


def target_bucket(named: str, obs: connections.ObsConnection) -> str:
    bucket = named or obs.settings.drop_bucket
    if not bucket:
        raise CommandError("into which bucket? Give --bucket, or set IMAGEDROP_DROP_BUCKET", USAGE)
    return check_bucket_name(bucket)


def key_prefix(prefix: str) -> str:
    prefix = prefix.lstrip("/")
    return prefix if not prefix or prefix.endswith("/") else prefix + "/"

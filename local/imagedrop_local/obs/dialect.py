"""The two dialects of OBS's API: `x-amz-` headers for S3's protocol, `x-obs-` headers for OBS's own.

The signature decides the dialect of a request. Some values differ too (STANDARD_IA is WARM, aws:kms is kms).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from imagedrop_local.obs.model import StorageClass, StoreError

_S3_CLASSES = {"STANDARD": "STANDARD", "WARM": "STANDARD_IA", "COLD": "GLACIER", "DEEP_ARCHIVE": "DEEP_ARCHIVE"}


@dataclass(frozen=True)
class Dialect:
    """`AMZ` or `OBS`."""

    name: str

    def header(self, name: str) -> str:
        """`storage-class` -> `x-amz-storage-class`."""
        return f"x-{self.name}-{name}"

    @property
    def bucket_class_header(self) -> str:
        return "x-obs-storage-class" if self.name == "obs" else "x-default-storage-class"

    @property
    def key_id_header(self) -> str:
        return self.header(f"server-side-encryption-{'' if self.name == 'obs' else 'aws-'}kms-key-id")

    @property
    def kms_value(self) -> str:
        return "kms" if self.name == "obs" else "aws:kms"

    def format_storage_class(self, storage_class: StorageClass) -> str:
        return storage_class if self.name == "obs" else _S3_CLASSES[storage_class]

    def parse_storage_class(self, value: str) -> StorageClass:
        """Raises StoreError: InvalidStorageClass."""
        for storage_class in get_args(StorageClass):
            if value == self.format_storage_class(storage_class):
                return storage_class  # type: ignore[no-any-return]
        raise StoreError("InvalidStorageClass", f"{value!r} is not a storage class")


AMZ = Dialect("amz")
OBS = Dialect("obs")

"""The short digest of a file's version, which end markers are named by."""

from __future__ import annotations

import pytest

from imagedrop.domain.drop import FileVersion
from imagedrop.workflow.bucket_records.file_versions import version_digest

KEY, VERSION = "golden/w.vhd", FileVersion(etag="e", last_modified="2026-11-24T13:00:00.000Z")


@pytest.mark.parametrize(
    ("key", "version", "digest"),
    [(KEY, VERSION, "v7PWmt362_sm0"), (KEY, None, "aF68shAUfHN7P"), ("golden/\ud800.vhd", None, "aNQr36ZdTpMgn")],
)
def test_digest_of_a_version_does_not_change_between_releases(
    key: str, version: FileVersion | None, digest: str
) -> None:
    """End markers of earlier releases are in the buckets of users."""
    assert version_digest(key, version) == digest


def test_digests_of_different_versions_differ() -> None:
    versions = [VERSION, VERSION.model_copy(update={"etag": "f"}), VERSION.model_copy(update={"last_modified": "x"})]
    assert len({version_digest(key, version) for key in (KEY, "golden/v.vhd") for version in (*versions, None)}) == 8

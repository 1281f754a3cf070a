"""Where the files are and what they are called: bucket, storage class, region, encryption, names.

Source: IMS API CreateImage (image_url), IMG.0058, IMG.0074, IMG.0075, IMG.0175; user guide, uploading an image file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as kinds
from imagedrop.rules.rule_input import InspectedFile, RuleInput
from imagedrop.sidecar import limits
from imagedrop.sidecar.pointer import excerpt
from imagedrop.sidecar.pydantic_errors import quoted

STANDARD = "STANDARD"
_FOLDER = re.compile(r"[^\s,\x00-\x1f\x7f]*")
_CHINESE = re.compile(r"[\u4e00-\u9fa5]")


def check(given: RuleInput) -> Iterator[Finding]:
    yield from _check_names(given)
    location = given.location
    if location.bucket is None:
        return
    if not location.settings.declarations_accepted:
        yield kinds.DECLARATIONS()
    if (location.storage_class or STANDARD).upper() != STANDARD:
        yield kinds.BUCKET_CLASS(found=location.storage_class)
    yield from _check_regions(given)
    for file in (given.image, *given.parts.values()):
        yield from _check_object(file, given.field_of(file.head.key))


def _check_regions(given: RuleInput) -> Iterator[Finding]:
    configured, of_bucket, in_sidecar = given.location.settings.region, given.location.region, given.sidecar.region
    if in_sidecar and configured and in_sidecar != configured:
        yield kinds.REGION(at="/region", said=in_sidecar, found=configured)
    if of_bucket and configured and of_bucket != configured:
        yield kinds.BUCKET_REGION(found=of_bucket, said=configured)


def _check_object(file: InspectedFile, at: str) -> Iterator[Finding]:
    head = file.head
    if (head.storage_class or STANDARD).upper() != STANDARD:
        yield kinds.OBJECT_CLASS(at=at, file=file.name, found=head.storage_class)
    if head.encryption and "kms" not in head.encryption.lower():
        yield kinds.ENCRYPTED_OBJECT(at=at, file=file.name, found=head.encryption)


def _check_names(given: RuleInput) -> Iterator[Finding]:
    key = given.image.head.key
    folder, _, file_name = key.rpartition("/")
    if not re.match(limits.FILE, file_name):
        yield kinds.FILE_NAME(at=key, file=excerpt(file_name))
    if not _FOLDER.fullmatch(folder):
        yield kinds.FOLDER_NAME(at=key, folder=excerpt(folder))
    if given.location.settings.ims_chinese_names:
        return
    names = [("/name", "name", given.sidecar.name)]
    for number, data in enumerate(given.sidecar.data_images):
        names.append((f"/data_images/{number}/name", f"data_images[{number}].name", data.name or ""))
    for at, field, name in names:
        if _CHINESE.search(name):
            yield kinds.CHINESE_NAME(at=at, field=field, said=quoted(name))

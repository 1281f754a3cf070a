"""Where the files lie and what they are called: bucket, storage class, region, encryption, names.

Source: IMS API CreateImage (image_url), IMG.0058, IMG.0074, IMG.0075, IMG.0175; user guide, uploading an image file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imagedrop.findings import Finding
from imagedrop.findings import rules as say
from imagedrop.rules.rule_input import RuleInput, Subject
from imagedrop.sidecar import limits
from imagedrop.sidecar.pointer import shown
from imagedrop.sidecar.pydantic_errors import quoted

STANDARD = "STANDARD"
_FOLDER = re.compile(r"[^\s,\x00-\x1f\x7f]*")
_CHINESE = re.compile(r"[\u4e00-\u9fa5]")


def check(case: RuleInput) -> Iterator[Finding]:
    yield from _names(case)
    if case.place.bucket is None:
        return
    if not case.place.settings.declarations_accepted:
        yield say.DECLARATIONS()
    if (case.place.storage_class or STANDARD).upper() != STANDARD:
        yield say.BUCKET_CLASS(found=case.place.storage_class)
    yield from _region(case)
    for subject in (case.image, *case.parts.values()):
        yield from _object(subject, case.named(subject.head.key))


def _region(case: RuleInput) -> Iterator[Finding]:
    ours, bucket, said = case.place.settings.region, case.place.region, case.sidecar.region
    if said and ours and said != ours:
        yield say.REGION(at="/region", said=said, found=ours)
    if bucket and ours and bucket != ours:
        yield say.BUCKET_REGION(found=bucket, said=ours)


def _object(subject: Subject, at: str) -> Iterator[Finding]:
    head = subject.head
    if (head.storage_class or STANDARD).upper() != STANDARD:
        yield say.OBJECT_CLASS(at=at, file=subject.name, found=head.storage_class)
    if head.encryption and "kms" not in head.encryption.lower():
        yield say.ENCRYPTED_OBJECT(at=at, file=subject.name, found=head.encryption)


def _names(case: RuleInput) -> Iterator[Finding]:
    key = case.image.head.key
    folder, _, name = key.rpartition("/")
    if not re.match(limits.FILE, name):
        yield say.FILE_NAME(at=key, file=shown(name))
    if not _FOLDER.fullmatch(folder):
        yield say.FOLDER_NAME(at=key, folder=shown(folder))
    if case.place.settings.ims_chinese_names:
        return
    names = [("/name", "name", case.sidecar.name)]
    for number, data in enumerate(case.sidecar.data_images):
        names.append((f"/data_images/{number}/name", f"data_images[{number}].name", data.name or ""))
    for at, field, given in names:
        if _CHINESE.search(given):
            yield say.CHINESE_NAME(at=at, field=field, said=quoted(given))

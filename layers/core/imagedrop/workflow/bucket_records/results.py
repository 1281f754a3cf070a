"""What imagedrop itself writes into the bucket, so that the bucket alone can bring every drop back.

<image key>.result.json            how the drop ended, for its owner and for machines (public surface)
.imagedrop/<drop id>.json          the claim: the row of a drop that IMS is or may be at work for; gone when it ends
.imagedrop/ended/<id>/n<attempt>.<digests>
                                   the seal: this attempt has ended, having read just these versions of these files.
                                   Its name says it all, so that a LIST is enough and nothing need be read
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from imagedrop import __version__
from imagedrop.domain.drop import LIVE, Drop, DropImage, FileVersion, Reason, Versions, drop_id
from imagedrop.domain.object_keys import SEALS, claim_key, result_key
from imagedrop.ports import ObjectHead, Objects

CLAIM_LIMIT = 512 << 10


def version(head: ObjectHead | None) -> FileVersion | None:
    return FileVersion(etag=head.etag, last_modified=head.last_modified) if head else None


# --- seals -------------------------------------------------------------------------------------------------------


def digest(key: str, seen: FileVersion | None) -> str:
    """13 characters. `v` and a digest of key and version, or `a` (absent) and a digest of the key."""
    text = "\0".join((key, seen.etag, seen.last_modified)) if seen else key
    raw = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:9]
    return ("v" if seen else "a") + base64.urlsafe_b64encode(raw).decode()


def seal_name(bucket: str, key: str, etag: str | None) -> str:
    """Of a drop: its id, or that of a sidecar whose image nobody has seen."""
    return drop_id(bucket, key, etag) if etag is not None else "waiting-" + digest(f"{bucket}/{key}", None)[1:]


def seal_key(drop: Drop) -> str:
    name = seal_name(drop.bucket, drop.key, drop.etag)
    digests = sorted(digest(key, seen) for key, seen in drop.versions.items())
    return f"{SEALS}{name}/" + ".".join([f"n{drop.attempt}", *digests])


def read_seal(key: str) -> tuple[str, int, frozenset[str]] | None:
    """(drop id, attempt, digests) of a seal's key."""
    found = re.fullmatch(r"([^/]+)/n(\d{1,9})\.(.+)", key.removeprefix(SEALS))
    return (found[1], int(found[2]), frozenset(found[3].split("."))) if found else None


def last_attempt(objects: Objects, bucket: str, key: str, etag: str | None) -> int:
    """The number of the last attempt that has ended, whatever the ledger knows of it; 0: none. One LIST."""
    folder = f"{SEALS}{seal_name(bucket, key, etag)}/"
    page = objects.list(bucket, folder)
    seals = [read_seal(head.key) for head in page.objects]
    while page.after is not None:
        page = objects.list(bucket, folder, page.after)
        seals += [read_seal(head.key) for head in page.objects]
    return max((seal[1] for seal in seals if seal), default=0)


def numbered(objects: Objects, drop: Drop) -> Drop:
    """The row with a number that no attempt of its drop has ended with: machines tell ends by it. A ledger that was
    lost does not know them all, so they are counted just before a judgement is saved; if it is lost meanwhile, saving
    fails."""
    last = last_attempt(objects, drop.bucket, drop.key, drop.etag)
    return drop.model_copy(update={"attempt": max(drop.attempt, last + 1)})


def seal(objects: Objects, drop: Drop) -> None:
    """Idempotent. The claim goes only afterwards: until then the drop is still to be found."""
    objects.put(drop.bucket, seal_key(drop), b"", "application/octet-stream")


def unclaim(objects: Objects, drop: Drop) -> None:
    """Only while no new attempt can have begun: its claim has the same name."""
    if drop.etag is not None:
        objects.delete(drop.bucket, claim_key(drop.drop_id))


# --- claims ------------------------------------------------------------------------------------------------------


def claim(objects: Objects, drop: Drop) -> None:
    body = {"schema": 1, "imagedrop": __version__, **drop.model_dump(mode="json", exclude_none=True)}
    objects.put(drop.bucket, claim_key(drop.drop_id), json.dumps(body, ensure_ascii=False).encode())


def read_claim(objects: Objects, bucket: str, drop_id: str) -> Drop | None:
    """The claimed row as a new one (revision 0); None where there is none, or nobody could go on from it."""
    found = objects.get(bucket, claim_key(drop_id), limit=CLAIM_LIMIT)
    if found is None:
        return None
    try:
        drop = Drop.model_validate({**json.loads(found[1]), "revision": 0})
    except (ValidationError, ValueError, TypeError):
        return None
    whole = drop.stage in LIVE and drop.request is not None and drop.versions.get(drop.key) is not None
    started = drop.stage != "importing" or drop.job_started_at is not None
    return drop if (drop.drop_id, drop.bucket) == (drop_id, bucket) and whole and started else None


# --- result files ------------------------------------------------------------------------------------------------


def result(drop: Drop) -> dict[str, Any]:
    """The result document: the file's content and the body of the SNS message."""
    return {
        "schema": 1,
        "drop_id": drop.drop_id,
        "attempt": drop.attempt,
        "versions": {key: seen.model_dump() if seen else None for key, seen in sorted(drop.versions.items())},
        "stage": drop.stage,
        "bucket": drop.bucket,
        "key": drop.key,
        "etag": drop.etag,
        "images": [image.model_dump() for image in drop.images],
        "job_id": drop.job_id,
        "findings": [finding.public() for finding in drop.all_findings()],
        "reason": drop.reason.model_dump() if drop.reason else None,
        "received_at": drop.received_at,
        "ended_at": drop.ended_at,
        "imagedrop": __version__,
    }


def write_result(objects: Objects, drop: Drop) -> None:
    body = json.dumps(result(drop), ensure_ascii=False, indent=2) + "\n"
    objects.put(drop.bucket, result_key(drop.key), body.encode())


def mend(objects: Objects, drop: Drop) -> None:
    """What has been lost of an end, or written over by a slow worker with older content's, is put there again."""
    seal(objects, drop)
    last = _last_result(objects, drop.bucket, drop.key)
    if last is not None and last.drop_id != drop.drop_id and drop.etag == _lying(objects, drop):
        write_result(objects, drop)


def outdated(objects: Objects, drop: Drop) -> bool:
    """True if the result file tells of the content that lies there now, and this drop was of other content."""
    last = _last_result(objects, drop.bucket, drop.key)
    if last is None or last.etag == drop.etag:
        return False
    return last.etag == _lying(objects, drop)


def _lying(objects: Objects, drop: Drop) -> str | None:
    """The ETag of what lies at the drop's key now, which a slow worker may have seen otherwise."""
    head = objects.head(drop.bucket, drop.key)
    return head.etag if head else None


def read_result(objects: Objects, bucket: str, image_key: str, drop_id: str) -> Drop | None:
    """The ended row that a result file of this drop tells of, as a new row; None where there is none."""
    last = _last_result(objects, bucket, image_key)
    return last if last is not None and last.drop_id == drop_id else None


def _last_result(objects: Objects, bucket: str, image_key: str) -> Drop | None:
    found = objects.get(bucket, result_key(image_key), limit=CLAIM_LIMIT)
    if found is None:
        return None
    try:
        told = json.loads(found[1])
        drop = Drop(
            drop_id=told["drop_id"],
            bucket=bucket,
            key=image_key,
            etag=told["etag"],
            stage=told["stage"],
            attempt=told["attempt"],
            versions=_versions(told["versions"]),
            received_at=told["received_at"],
            updated_at=told["ended_at"],
            deadline_at=told["ended_at"],
            ended_at=told["ended_at"],
            findings=tuple(told["findings"]),
            images=tuple(DropImage.model_validate(image) for image in told["images"]),
            job_id=told["job_id"],
            reason=Reason.model_validate(told["reason"]) if told["reason"] else None,
        )
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return drop if drop.ended else None


def _versions(told: dict[str, Any]) -> Versions:
    return {key: FileVersion.model_validate(seen) if seen else None for key, seen in told.items()}


def current(objects: Objects, bucket: str, keys: Iterable[str]) -> Versions:
    return {key: version(objects.head(bucket, key)) for key in keys}

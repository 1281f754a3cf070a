"""Checks of OBS: keys, the clock of this machine, and the bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from imagedrop.adapters.obs.errors import translate_errors
from imagedrop.domain.object_keys import FOLDER, INSTALLATION, RESULT_SUFFIX, is_bucket
from imagedrop.ports import Objects, ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings
from imagedrop_cli.checkup.bucket_policy import writers
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong
from imagedrop_cli.older_pairs import older_pairs

SHOWN = 5  # principals
OLDER_PAGES = 10  # of 1,000 keys, so that the check does not take minutes
MAX_SKEW = 60.0  # s; decision 2 counts on it
FIXES = {
    "InvalidAccessKeyId": "OBS does not know the access key: check HUAWEICLOUD_SDK_AK, and that the key is enabled.",
    "SignatureDoesNotMatch": "Check HUAWEICLOUD_SDK_SK: it does not belong to the access key.",
    "RequestTimeTooSkewed": "Set the clock of this machine: `sudo timedatectl set-ntp true`.",
    "NoSuchBucket": "Create the bucket in this region, or correct drop_bucket.",
    "404": "Create the bucket in this region, or correct drop_bucket and region.",
    "403": "Check the keys, and that their user may list this bucket (obs:bucket:ListBucket, obs:bucket:HeadBucket).",
    "AccessDenied": "Allow the user of the keys to list this bucket (obs:bucket:ListBucket, obs:bucket:HeadBucket).",
    "301": "The bucket is in another region: correct region.",
    "AuthorizationHeaderMalformed": "Correct region: the endpoint belongs to another one.",
}


class BucketChecks:
    """`client`: boto3's S3 client for OBS, `objects`: the port to it. `own`: the name of the installation; empty: it is
    not known here. `probed`: the probe tries to write."""

    def __init__(
        self,
        settings: Settings,
        client: Any,
        objects: Objects,
        own: str,
        now: Callable[[], datetime],
        probed: bool = False,
    ) -> None:
        self._settings, self._client, self._objects, self._own = settings, client, objects, own
        self._now, self._probed = now, probed

    def run(self) -> Iterator[CheckResult]:
        bucket = self._settings.drop_bucket
        if not is_bucket(bucket):
            yield wrong("bucket.name", f"{bucket!r} is not a bucket name", "Correct drop_bucket.")
            return
        try:
            with translate_errors():
                listed = self._client.list_objects_v2(Bucket=bucket, MaxKeys=1)
                head = self._client.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
        except ObjectsRefused as error:
            fix = FIXES.get(error.code, "See the error codes of OBS.")
            yield wrong("bucket.access", f"{self._settings.obs_url()} refuses to list {bucket}: {error}", fix)
            return
        except ObjectsUnavailable as error:
            fix = "Check region and obs_endpoint, DNS, and that this machine may call it (proxy, firewall)."
            yield unknown("bucket.access", f"{self._settings.obs_url()} does not answer: {error}", fix)
            return
        yield ok("bucket.access", f"{self._settings.obs_url()} lists {bucket}" + _emptiness(listed))
        yield self._clock(head)
        yield self._region(head)
        yield self._storage_class(head)
        yield from self._versioning()
        yield from self._installation()
        yield self._policy()
        yield self._older_images()
        yield self._ranges(listed)
        if not self._probed:
            yield unknown("bucket.write", "not tried: only --probe writes", "Run `imagedrop doctor --probe`.")

    def _clock(self, head: dict[str, str]) -> CheckResult:
        skew = (self._now() - parsedate_to_datetime(head["date"])).total_seconds()
        if abs(skew) <= MAX_SKEW:
            return ok("clock", f"within {MAX_SKEW:.0f} s of OBS's")
        direction = "ahead of" if skew > 0 else "behind"
        fix = "Set the clock of this machine: `sudo timedatectl set-ntp true`."
        return wrong("clock", f"{abs(skew):.0f} s {direction} OBS's", fix)

    def _region(self, head: dict[str, str]) -> CheckResult:
        found = head.get("x-amz-bucket-region") or head.get("x-obs-bucket-location")
        if found is None:
            return unknown("bucket.region", "OBS does not say it")
        if found == self._settings.region:
            return ok("bucket.region", found)
        fix = "IMS imports only from buckets of its own region: use a bucket there, or set region to this one."
        return wrong("bucket.region", f"{found}; the setting is {self._settings.region}", fix)

    def _storage_class(self, head: dict[str, str]) -> CheckResult:
        names = ("x-amz-storage-class", "x-obs-storage-class", "x-default-storage-class")
        found = next((head[name] for name in names if name in head), None)
        if found is None:
            return unknown("bucket.storage_class", "OBS does not say it")
        if found.upper() == "STANDARD":
            return ok("bucket.storage_class", "Standard")
        fix = "Change the default storage class of the bucket to Standard: IMS imports no other objects."
        return wrong("bucket.storage_class", found, fix)

    def _versioning(self) -> Iterator[CheckResult]:
        try:
            with translate_errors():
                status = self._client.get_bucket_versioning(Bucket=self._settings.drop_bucket).get("Status")
        except (ObjectsRefused, ObjectsUnavailable) as error:
            yield unknown("bucket.versioning", str(error), "It works with and without versions.")
            return
        yield ok("bucket.versioning", "on: old versions stay and cost storage" if status == "Enabled" else "off")

    def _installation(self) -> Iterator[CheckResult]:
        try:
            with translate_errors():
                answer = self._client.get_object(Bucket=self._settings.drop_bucket, Key=INSTALLATION)
                found = answer["Body"].read(1024).decode(errors="replace").strip()
        except ObjectsRefused as error:
            if error.code in ("NoSuchKey", "404"):
                yield ok("bucket.installation", "none yet: the first one that runs takes the bucket")
            else:
                yield unknown("bucket.installation", str(error), "Allow the user of the keys to read objects.")
            return
        if self._own and found != self._own:
            fix = f"Stop the other one. If it no longer exists, set installation to {found!r} to continue its drops."
            yield wrong("bucket.installation", f"{found!r} works on this bucket, and this one is {self._own!r}", fix)
        else:
            yield ok("bucket.installation", f"{found!r}" + ("" if self._own else "; not compared"))

    def _policy(self) -> CheckResult:
        name, bucket = "bucket.policy", self._settings.drop_bucket
        try:
            with translate_errors():
                text = self._client.get_bucket_policy(Bucket=bucket)["Policy"]
            found = writers(json.loads(text), bucket)
        except ObjectsRefused as error:
            if error.code == "NoSuchBucketPolicy":
                return ok(name, "none: only the account's own users may write, those with a right to OBS")
            fix = f"To see who may write {FOLDER}, allow the user of the keys to read it (obs:bucket:GetBucketPolicy)."
            return unknown(name, str(error), fix)
        except ObjectsUnavailable as error:
            return unknown(name, str(error))
        except (ValueError, RecursionError) as error:
            return unknown(name, f"the policy cannot be read: {error}")
        fix = f"Deny {FOLDER}* and *{RESULT_SUFFIX} to all but imagedrop's own user: docs/security.md has the policy."
        seen = f"who may write {FOLDER} or *{RESULT_SUFFIX}"
        if found.certain:
            return wrong(name, f"{seen}: {_shown(found.certain)}", fix)
        if found.possible:
            return unknown(name, f"{seen}, if a condition is met: {_shown(found.possible)}", fix)
        return ok(name, f"it lets nobody write {FOLDER} or *{RESULT_SUFFIX}")

    def _older_images(self) -> CheckResult:
        name = "bucket.older_images"
        try:
            found = list(older_pairs(self._objects, self._settings, self._settings.drop_prefix, OLDER_PAGES))
        except (ObjectsRefused, ObjectsUnavailable) as error:
            return unknown(name, str(error), "Allow the user of the keys to read objects.")
        if not found:
            return ok(name, "none")
        alone = sum(pair.sidecar is None for pair in found)
        seen = f"older than imagedrop here, so no drops: {len(found) - alone} images with a sidecar, {alone} without"
        return ok(name, f"{seen} (`imagedrop adopt` lists them)")

    def _ranges(self, listed: dict[str, Any]) -> CheckResult:
        """Asks for bytes behind the end of the first object."""
        name = "bucket.ranges"
        if not (contents := listed.get("Contents")):
            return unknown(name, "the bucket is empty", "Look again when it is not.")
        first, end = contents[0]["Key"], contents[0]["Size"]
        try:
            with translate_errors():
                answer = self._client.get_object(
                    Bucket=self._settings.drop_bucket, Key=first, Range=f"bytes={end + 1}-{end + 2}"
                )
        except ObjectsRefused as error:
            if error.code == "InvalidRange":
                return ok(name, "a range behind the end is refused; imagedrop works with that")
            return unknown(name, str(error), "Allow the user of the keys to read objects (obs:object:GetObject).")
        except ObjectsUnavailable as error:
            return unknown(name, str(error))
        answer["Body"].close()
        return ok(name, "a range behind the end is answered with the whole object; imagedrop works with that")


def _emptiness(listed: dict[str, Any]) -> str:
    return "" if listed.get("KeyCount") or listed.get("Contents") else ", which is empty"


def _shown(principals: Sequence[str]) -> str:
    more = f" and {len(principals) - SHOWN} others" if len(principals) > SHOWN else ""
    return ", ".join(principals[:SHOWN]) + more

"""Checks of OBS: keys, the clock of this machine, and the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from imagedrop.domain.object_keys import is_bucket
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings
from imagedrop_cli.checkup.bucket_content import ContentChecks
from imagedrop_cli.checkup.obs_calls import ObsCalls, Redirected
from imagedrop_cli.checkup.results import Check, CheckResult, ok, run, unknown, wrong

MAX_SKEW = 60.0  # s; decision 2 counts on it
ELSEWHERE = "The bucket is in another region, or the endpoint belongs to another one: correct region and obs_endpoint."
FIXES = {
    "InvalidAccessKeyId": "OBS does not know the access key: check HUAWEICLOUD_SDK_AK, and that the key is enabled.",
    "SignatureDoesNotMatch": "Check HUAWEICLOUD_SDK_SK: it does not belong to the access key.",
    "RequestTimeTooSkewed": "Set the clock of this machine: `sudo timedatectl set-ntp true`.",
    "NoSuchBucket": "Create the bucket in this region, or correct drop_bucket.",
    "404": "Create the bucket in this region, or correct drop_bucket and region.",
    "403": "Check the keys, and that their user may list this bucket (obs:bucket:ListBucket, obs:bucket:HeadBucket).",
    "AccessDenied": "Allow the user of the keys to list this bucket (obs:bucket:ListBucket, obs:bucket:HeadBucket).",
    "AuthorizationHeaderMalformed": "Correct region: the endpoint belongs to another one.",
    **dict.fromkeys(("301", "302", "307", "PermanentRedirect", "TemporaryRedirect", "Redirect"), ELSEWHERE),
}


class BucketChecks:
    """`own`: the name of the installation; empty: it is not known here. `probed`: the probe tries to write."""

    def __init__(
        self, settings: Settings, obs: ObsCalls, own: str, now: Callable[[], datetime], probed: bool = False
    ) -> None:
        self._settings, self._obs, self._own, self._now, self._probed = settings, obs, own, now, probed

    def run(self) -> Iterator[CheckResult]:
        bucket, url = self._settings.drop_bucket, self._settings.obs_url()
        if not is_bucket(bucket):
            yield wrong("bucket.name", f"{bucket!r} is not a bucket name", "Correct drop_bucket.")
            return
        try:
            listed, head = self._obs.listing(), self._obs.head()
        except ObjectsRefused as error:
            fix = FIXES.get(error.code, "See the error codes of OBS.")
            yield wrong("bucket.access", f"{url} refuses to list {bucket}: {error}", fix)
        except Redirected as error:
            yield wrong("bucket.access", f"{url} redirects requests for {bucket}: {error}", ELSEWHERE)
        except ObjectsUnavailable as error:
            fix = "Check region and obs_endpoint, DNS, and that this machine may call it (proxy, firewall)."
            yield unknown("bucket.access", f"{url} does not answer as OBS does: {error}", fix)
        else:
            empty = "" if listed.get("Contents") else ", which is empty"
            yield ok("bucket.access", f"{url} lists {bucket}{empty}")
            yield from run(self._checks(listed, head))

    def _checks(self, listed: dict[str, Any], head: dict[str, str]) -> Iterator[tuple[str, Check]]:
        yield "clock", lambda: [self._clock(head)]
        yield "bucket.region", lambda: [self._region(head)]
        yield "bucket.storage_class", lambda: [self._storage_class(head)]
        yield from ContentChecks(self._settings, self._obs, self._own).checks(listed)
        if not self._probed:
            fix = "Run `imagedrop doctor --probe`."
            yield "bucket.write", lambda: [unknown("bucket.write", "not tried: only --probe writes", fix)]

    def _clock(self, head: dict[str, str]) -> CheckResult:
        try:
            date = parsedate_to_datetime(head["date"])
        except (KeyError, ValueError):
            return unknown("clock", "OBS does not say what time it is", "Compare the clock of this machine yourself.")
        skew = (self._now() - (date if date.tzinfo else date.replace(tzinfo=UTC))).total_seconds()
        if abs(skew) <= MAX_SKEW:
            return ok("clock", f"within {MAX_SKEW:.0f} s of OBS's")
        direction = "ahead of" if skew > 0 else "behind"
        fix = "Set the clock of this machine: `sudo timedatectl set-ntp true`."
        return wrong("clock", f"{abs(skew):.0f} s {direction} OBS's", fix)

    def _region(self, head: dict[str, str]) -> CheckResult:
        found = head.get("x-amz-bucket-region") or head.get("x-obs-bucket-location")
        if found is None:
            return unknown("bucket.region", "OBS does not say it", "Look at the bucket in the console.")
        if found.strip().lower() == self._settings.region:
            return ok("bucket.region", found)
        fix = "IMS imports only from buckets of its own region: use a bucket there, or set region to this one."
        return wrong("bucket.region", f"{found}; the setting is {self._settings.region}", fix)

    def _storage_class(self, head: dict[str, str]) -> CheckResult:
        names = ("x-amz-storage-class", "x-obs-storage-class", "x-default-storage-class")
        found = next((head[name] for name in names if name in head), None)
        if found is None:
            return unknown("bucket.storage_class", "OBS does not say it", "Look at the bucket in the console.")
        if found.strip().upper() == "STANDARD":
            return ok("bucket.storage_class", "Standard")
        fix = "Change the default storage class of the bucket to Standard: IMS imports no other objects."
        return wrong("bucket.storage_class", found, fix)

"""Checks of what is in the bucket, and of who may write there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from imagedrop.domain.object_keys import FOLDER, INSTALLATION, RESULT_SUFFIX, START
from imagedrop.ports import ObjectsRefused, ObjectsUnavailable
from imagedrop.settings import Settings
from imagedrop_cli.checkup.bucket_policy import writers
from imagedrop_cli.checkup.obs_calls import ObsCalls, Redirected
from imagedrop_cli.checkup.results import Check, CheckResult, ok, unknown, wrong
from imagedrop_cli.older_pairs import older_pairs

OLDER_PAGES = 10  # of 1,000 keys, so that the check does not take minutes
SHOWN = 5  # principals
MISSING = ("NoSuchKey", "404")
READ = "Allow the user of the keys to read objects (obs:object:GetObject)."


class ContentChecks:
    """`own`: the name of the installation; empty: it is not known here."""

    def __init__(self, settings: Settings, obs: ObsCalls, own: str) -> None:
        self._settings, self._obs, self._own = settings, obs, own

    def checks(self, listed: dict[str, Any]) -> Iterator[tuple[str, Check]]:
        """`listed`: a listing with the first object."""
        for name, check, fix in (
            ("bucket.versioning", self._versioning, "It works with and without versions."),
            ("bucket.installation", self._installation, READ),
            ("bucket.policy", self._policy, f"To see who may write {FOLDER}, allow obs:bucket:GetBucketPolicy."),
            ("bucket.older_images", self._older_images, READ),
            ("bucket.ranges", partial(self._ranges, listed), READ),
        ):
            yield name, partial(_answered, name, check, fix)

    def _versioning(self, name: str) -> CheckResult:
        enabled = self._obs.versioning() == "Enabled"
        return ok(name, "on: old versions stay and cost storage" if enabled else "off")

    def _installation(self, name: str) -> CheckResult:
        try:
            found = self._obs.small_object(INSTALLATION).strip()
        except ObjectsRefused as error:
            if error.code not in MISSING:
                raise
            return ok(name, "none yet: the first one that runs takes the bucket")
        if self._own and found != self._own:
            fix = f"Stop the other one. If it no longer exists, set installation to {found!r} to continue its drops."
            return wrong(name, f"{found!r} works on this bucket, and this one is {self._own!r}", fix)
        return ok(name, f"{found!r}" + ("" if self._own else "; not compared"))

    def _policy(self, name: str) -> CheckResult:
        try:
            found = writers(json.loads(self._obs.policy()), self._settings.drop_bucket)
        except ObjectsRefused as error:
            if error.code != "NoSuchBucketPolicy":
                raise
            return ok(name, "none: only the account's own users may write, those with a right to OBS")
        except (ValueError, RecursionError) as error:
            return unknown(name, f"the policy cannot be read: {error}", "Look at it in the console.")
        fix = f"Deny {FOLDER}* and *{RESULT_SUFFIX} to all but imagedrop's own user: docs/security.md has the policy."
        seen = f"who may write {FOLDER} or *{RESULT_SUFFIX}"
        if found.certain:
            return wrong(name, f"{seen}: {_shown(found.certain)}", fix)
        if found.possible:
            return unknown(name, f"{seen}, if a condition is met: {_shown(found.possible)}", fix)
        return ok(name, f"it lets nobody write {FOLDER} or *{RESULT_SUFFIX}")

    def _older_images(self, name: str) -> CheckResult:
        settings, objects = self._settings, self._obs.objects
        if objects.head(settings.drop_bucket, START) is None:
            if objects.head(settings.drop_bucket, INSTALLATION) is None:
                return ok(name, "imagedrop has not run here yet: what is in the bucket when it starts is no drop")
            return ok(name, "none: an earlier version has taken the bucket, and every file counts")
        found = list(older_pairs(objects, settings, settings.drop_prefix, OLDER_PAGES))
        if not found:
            return ok(name, "none")
        alone = sum(pair.sidecar is None for pair in found)
        seen = f"older than imagedrop here, so no drops: {len(found) - alone} images with a sidecar, {alone} without"
        return ok(name, f"{seen} (`imagedrop adopt` lists them)")

    def _ranges(self, listed: dict[str, Any], name: str) -> CheckResult:
        if not (contents := listed.get("Contents")):
            return unknown(name, "the bucket is empty", "Look again when it is not.")
        try:
            self._obs.range_behind(contents[0]["Key"], contents[0]["Size"])
        except ObjectsRefused as error:
            if error.code != "InvalidRange":
                raise
            return ok(name, "a range behind the end is refused; imagedrop works with that")
        return ok(name, "a range behind the end is answered with the whole object; imagedrop works with that")


def _answered(name: str, check: Callable[[str], CheckResult], fix: str) -> Iterator[CheckResult]:
    try:
        yield check(name)
    except (ObjectsRefused, Redirected) as error:
        yield unknown(name, str(error), fix)
    except ObjectsUnavailable as error:
        yield unknown(name, f"OBS does not answer: {error}", "Try again later.")


def _shown(principals: Sequence[str]) -> str:
    more = f" and {len(principals) - SHOWN} others" if len(principals) > SHOWN else ""
    return ", ".join(principals[:SHOWN]) + more

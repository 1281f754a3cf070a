"""Checks of IMS: access, quota, Windows, and how it behaves where documents leave that open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from huaweicloudsdkims.v2 import ListOsVersionsRequest, ShowImageQuotaRequest

from imagedrop.adapters.ims.client import ImsConnection, translate_errors
from imagedrop.adapters.ims.errors import JOB_NOT_FOUND_CODES, ImsNotFound
from imagedrop.common.os_versions import UNLISTED, WINDOWS
from imagedrop.ports import ImsError
from imagedrop.settings import Settings
from imagedrop_cli.checkup.job_calls import JOB_CALLS, JobCall, job_call
from imagedrop_cli.checkup.results import CheckResult, ok, unknown, wrong

WARN_AT = 0.8  # of the quota


class CheckedIms(ImsConnection):
    def quota(self) -> Any:
        with translate_errors():
            return self._client.show_image_quota(ShowImageQuotaRequest())

    def os_versions(self) -> Any:
        with translate_errors():
            return self._client.list_os_versions(ListOsVersionsRequest())


class ImsChecks:
    """`connect`: opens a connection. `probed`: the probe sees more of the jobs."""

    def __init__(self, settings: Settings, connect: Callable[[], CheckedIms], probed: bool = False) -> None:
        self._settings, self._connect, self._probed = settings, connect, probed

    def run(self) -> Iterator[CheckResult]:
        with self._connect() as ims:
            try:
                _images(ims.images(imagetype="private", limit=1))
            except ImsError as error:
                yield self._refused(error)
                return
            yield ok("ims.access", f"{self._settings.ims_url()} lists the images of {self._settings.project_id}")
            yield from _answered("ims.quota", lambda: _quota(ims.quota()))
            yield from _answered("ims.killed", lambda: _killed(ims.images(imagetype="private", status="killed")))
            platforms = cache(ims.os_versions)  # asked once for both
            yield from _answered("ims.windows", lambda: self._windows(platforms()))
            yield from _answered("ims.os_versions", lambda: _os_versions(platforms()))
            if not self._probed:
                yield from _answered("ims.job_call", lambda: self._job_call(ims))

    def _refused(self, error: ImsError) -> CheckResult:
        seen = f"{self._settings.ims_url()}: {error}"
        if error.kind in ("undelivered", "unknown", "busy"):
            fix = "Check region and ims_endpoint, DNS, and that this machine may call it (proxy, firewall)."
            return unknown("ims.access", seen, fix)
        fix = "Check the keys, project_id and region, and that the user of the keys may list images (ims:images:list)."
        return wrong("ims.access", seen, fix)

    def _windows(self, platforms: Any) -> CheckResult:
        offered = len(_names(platforms))
        allowed = self._settings.ims_allows_windows
        if offered and allowed:
            return ok("ims.windows", f"{offered} versions of Windows are offered in {self._settings.region}")
        if offered:
            fix = "If IMS imports Windows images here, set ims_allows_windows to true."
            return wrong("ims.windows", f"{offered} versions are offered, but ims_allows_windows is false", fix)
        if allowed:
            fix = "Set ims_allows_windows to false, so that Windows drops are rejected at once, or use another region."
            return wrong("ims.windows", f"no version of Windows is offered in {self._settings.region}", fix)
        return ok("ims.windows", "not offered, and ims_allows_windows is false")

    def _job_call(self, ims: CheckedIms) -> CheckResult:
        """Asks for a job that does not exist: a call that this region has says so."""
        errors = {call: _error_of_unknown_job(ims, call) for call in JOB_CALLS}
        return job_call(errors, self._settings.ims_job_call)


def _error_of_unknown_job(ims: CheckedIms, call: JobCall) -> str:
    """Empty if the call exists."""
    try:
        ims.job(call, str(uuid.uuid4()))
    except ImsNotFound:
        return ""
    except ImsError as error:
        return "" if error.code in JOB_NOT_FOUND_CODES else str(error)
    return ""


def _images(answer: Any) -> list[Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("images"), list):
        raise ImsError("unknown", "no_images", "it answers something else than documented; perhaps a proxy answers")
    images: list[Any] = answer["images"]
    return images


def _names(platforms: Any) -> set[str]:
    if not isinstance(platforms, list) or not platforms:
        raise ValueError("no list of platforms")
    versions = [version for platform in platforms for version in platform["version_list"]]
    return {version["os_version"] for version in versions if version["os_type"] == "Windows"}


def _os_versions(platforms: Any) -> CheckResult:
    """Whether IMS offers the names of Windows that imagedrop fills in and accepts."""
    offered, listed = _names(platforms), set(WINDOWS) - set(UNLISTED)
    missing, others = sorted(listed - offered), sorted(set(UNLISTED) - offered)
    if not offered:
        return unknown("ims.os_versions", "no version of Windows is offered")
    seen = f"{len(listed) - len(missing)} of the {len(listed)} names of Windows that imagedrop knows are offered"
    if others:
        seen += f"; not in the list: {', '.join(others)}"
    if not missing:
        return ok("ims.os_versions", seen)
    fix = "Do not use these names in the field os_version of sidecars: IMS may refuse them here."
    return unknown("ims.os_versions", f"{seen}; not offered: {', '.join(missing)}", fix)


def _killed(answer: Any) -> CheckResult:
    count = len(_images(answer))
    if not count:
        return ok("ims.killed", "no image of a failed import is left")
    fix = "Delete them: images of failed imports can count towards the quota."
    return unknown("ims.killed", f"{count} or more images of failed imports are left (status killed)", fix)


def _quota(answer: Any) -> CheckResult:
    [found] = [resource for resource in answer["quotas"]["resources"] if resource["type"] == "image"]
    used, quota = int(found["used"]), int(found["quota"])
    seen = f"{used} of {quota} private images"
    if used < WARN_AT * quota:
        return ok("ims.quota", seen)
    return wrong("ims.quota", seen, "Delete images that nobody needs, or ask Huawei Cloud for a larger quota.")


def _answered(name: str, check: Callable[[], CheckResult]) -> Iterator[CheckResult]:
    """A call that the user of the keys may lack the right to make is not needed by imagedrop itself."""
    try:
        yield check()
    except ImsError as error:
        yield unknown(name, str(error), "imagedrop itself does not need this call.")
    except (KeyError, TypeError, ValueError) as error:
        seen = f"IMS answers in another form than documented ({type(error).__name__}: {error})"
        yield unknown(name, seen, "imagedrop itself does not need this call.")

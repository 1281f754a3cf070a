"""Checks of IMS: it answers, there is quota, and it imports Windows here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from huaweicloudsdkims.v2 import ListOsVersionsRequest, ShowImageQuotaRequest

from imagedrop.adapters.ims.client import ImsConnection, translate_errors
from imagedrop.ports import ImsError
from imagedrop.settings import Settings
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
    """`connect`: opens a connection."""

    def __init__(self, settings: Settings, connect: Callable[[], CheckedIms]) -> None:
        self._settings, self._connect = settings, connect

    def run(self) -> Iterator[CheckResult]:
        with self._connect() as ims:
            try:
                ims.images(imagetype="private", limit=1)
            except ImsError as error:
                yield self._refused(error)
                return
            yield ok("ims.access", f"{self._settings.ims_url()} lists the images of {self._settings.project_id}")
            yield from _answered("ims.quota", lambda: _quota(ims.quota()))
            yield from _answered("ims.windows", lambda: self._windows(ims.os_versions()))

    def _refused(self, error: ImsError) -> CheckResult:
        seen = f"{self._settings.ims_url()}: {error}"
        if error.kind in ("undelivered", "unknown", "busy"):
            fix = "Check region and ims_endpoint, DNS, and that this machine may call it (proxy, firewall)."
            return unknown("ims.access", seen, fix)
        fix = "Check the keys, project_id and region, and that the user of the keys may list images (ims:images:list)."
        return wrong("ims.access", seen, fix)

    def _windows(self, platforms: Any) -> CheckResult:
        offered = sum(version["os_type"] == "Windows" for platform in platforms for version in platform["version_list"])
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
        yield unknown(name, str(error))
    except (KeyError, TypeError, ValueError) as error:
        yield unknown(name, f"an answer of another form than documented: {type(error).__name__}: {error}")

"""What each call of IMS does after it has passed the gateway (IMS API; names as in the official SDK)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from imagedrop_local.http import Response
from imagedrop_local.ims import fields, image_queries, image_updates, jobs
from imagedrop_local.ims.create_requests import ImportRequest, RequestParser
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.imports import ImportJobs
from imagedrop_local.ims.os_versions import versions_of_region
from imagedrop_local.ims.sources import Sources
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.json_store import Document

NATIVE_PAGE = 25


@dataclass(frozen=True)
class ApiRequest:
    """A call: the parameters in its path, the pairs of its query, its body and the time."""

    path: dict[str, str]
    query: list[tuple[str, str]]
    raw: bytes
    now: datetime

    def body(self) -> Document:
        body: Document = fields.parse(self.raw)
        return body


Handler = Callable[[ApiRequest], Response]


class Calls:
    """Not thread-safe. The caller first does what is due at `ApiRequest.now`. Handlers raise ApiError."""

    def __init__(
        self, parser: RequestParser, sources: Sources, images: Images, imports: ImportJobs, switches: ImsSwitches
    ) -> None:
        self._parser, self._sources, self._images, self._imports = parser, sources, images, imports
        self._switches = switches

    def create(self, parse: Callable[[Document], ImportRequest]) -> Handler:
        """CreateImage and the calls like it: `parse` checks the body."""

        def handler(request: ApiRequest) -> Response:
            import_request = parse(request.body())
            self.admit(import_request)
            self._imports.check_task_limit(len(import_request.files))
            sources = [self._sources.find(file) for file in import_request.files]
            return Response.json(200, {"job_id": self._imports.submit(import_request, sources, request.now)})

        return handler

    def admit(self, import_request: ImportRequest) -> None:
        """Raises ApiError if a name is in use or the quota is used up."""
        names, count = [file.name for file in import_request.files], len(import_request.files)
        if self._switches.ims_names_unique and (len(set(names)) < count or self._images.names() & set(names)):
            raise api_error("IMG.0009", ", ".join(names))
        if self._images.quota_used() + count > self._switches.ims_image_quota:
            raise api_error("IMG.0015", f"{self._images.quota_used()} of {self._switches.ims_image_quota}")

    def show_job(self, call: jobs.Call) -> Handler:
        def handler(request: ApiRequest) -> Response:
            job = self._imports.find(request.path["job_id"], request.now)
            if job is None:
                raise self._unknown_job(request.path["job_id"])
            return Response.json(
                200, jobs.job_response(job, call, self._imports.progress(job, request.now), self._switches)
            )

        return handler

    def _unknown_job(self, job_id: str) -> Exception:
        if self._switches.ims_unknown_job == "404":
            return api_error("IMG.0023", job_id, status=404)
        return api_error("IMG.0023", job_id)

    def list_images(self, request: ApiRequest) -> Response:
        page = image_queries.listing(self._images.visible(), request.query)
        if not self._switches.ims_page_info:
            page.pop("page_info", None)
        return Response.json(200, page)

    def native_list(self, request: ApiRequest) -> Response:
        """OpenStack's listing: 25 a page, with a link to the next one."""
        found = image_queries.listing(self._images.visible(), request.query, NATIVE_PAGE)
        page = {"images": found["images"], "first": "/v2/images", "schema": "/v2/schemas/images"}
        if "page_info" in found:
            other_pairs = [(name, value) for name, value in request.query if name != "marker"]
            page["next"] = f"/v2/images?{urlencode([*other_pairs, ('marker', found['page_info']['next_marker'])])}"
        return Response.json(200, page)

    def show(self, request: ApiRequest) -> Response:
        return Response.json(200, self._images.as_api(self._images.find(request.path["image_id"])))

    def update(self, request: ApiRequest) -> Response:
        image = self._images.find(request.path["image_id"])
        taken = self._images.names() if self._switches.ims_names_unique else None
        new = image_updates.patched(image, fields.parse(request.raw, list), self._parser, taken)
        self._images.save(new, request.now)
        return Response.json(200, self._images.as_api(new))

    def delete(self, request: ApiRequest) -> Response:
        """Deleting an image again succeeds while it is shown as deleted."""
        if self._switches.ims_delete_unknown == "204" and not self._images.is_visible(request.path["image_id"]):
            return Response(204)
        image = self._images.find(request.path["image_id"])
        awaits_file = image.get("described") and not self._imports.is_importing(image["id"])
        if image["status"] in ("queued", "saving") and not awaits_file:
            raise api_error("IMG.0090", image["id"])
        if image["protected"]:
            raise api_error("IMG.0091", image["id"])
        if image["status"] != "deleted":
            self._images.delete(image, request.now, self._imports.to_clock(self._switches.ims_delete_delay))
        return Response(204)

    def quota(self, request: ApiRequest) -> Response:
        image: dict[str, Any] = {
            "type": "image",
            "used": self._images.quota_used(),
            "quota": self._switches.ims_image_quota,
        }
        others: list[dict[str, Any]] = [
            {"type": kind, "used": 0, "quota": 128} for kind in ("image_shared", "image_member")
        ]
        resources = [resource | {"min": 0, "max": -1} for resource in (image, *others)]
        return Response.json(200, {"quotas": {"resources": resources}})

    def os_versions(self, request: ApiRequest) -> Response:
        """Grouped by platform. `tag=uefi` selects those that boot with UEFI; other tags select all."""
        uefi = ("tag", "uefi") in request.query
        grouped: dict[str, list[dict[str, Any]]] = {}
        for version in versions_of_region(self._switches).values():
            refused = version.os_type == "Windows" and self._switches.ims_refuses_windows
            if refused or (uefi and not version.uefi):
                continue
            grouped.setdefault(version.platform, []).append(
                {
                    "platform": version.platform,
                    "os_version_key": version.name,
                    "os_version": version.name,
                    "os_bit": version.bits,
                    "os_type": version.os_type,
                }
            )
        answer = [{"platform": platform, "version_list": versions} for platform, versions in grouped.items()]
        return Response.json(200, answer)

"""What each call of IMS does, once it has passed the gateway (IMS API; names as the official SDK has them)."""

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
    """A call; `path` holds what stands in its path, `query` the pairs of its query, `raw` its body."""

    path: dict[str, str]
    query: list[tuple[str, str]]
    raw: bytes
    now: datetime

    def body(self) -> Document:
        body: Document = fields.parse(self.raw)
        return body


Handler = Callable[[ApiRequest], Response]


class Calls:
    """Not thread-safe; whatever has fallen due by `Asked.now` is done already. Handlers raise Refused."""

    def __init__(
        self, orders: RequestParser, sources: Sources, images: Images, imports: ImportJobs, switches: ImsSwitches
    ) -> None:
        self._orders, self._sources, self._images, self._imports = orders, sources, images, imports
        self._switches = switches

    def create(self, read: Callable[[Document], ImportRequest]) -> Handler:
        """CreateImage and its kin: `read` checks the body of one of them."""

        def handler(asked: ApiRequest) -> Response:
            order = read(asked.body())
            self.admit(order)
            self._imports.check_task_limit(len(order.files))
            sources = [self._sources.find(file) for file in order.files]
            return Response.json(200, {"job_id": self._imports.submit(order, sources, asked.now)})

        return handler

    def admit(self, order: ImportRequest) -> None:
        """Raises Refused for a name that is taken and a quota that is used up."""
        names, count = [file.name for file in order.files], len(order.files)
        if self._switches.ims_names_unique and (len(set(names)) < count or self._images.names() & set(names)):
            raise api_error("IMG.0009", ", ".join(names))
        if self._images.quota_used() + count > self._switches.ims_image_quota:
            raise api_error("IMG.0015", f"{self._images.quota_used()} of {self._switches.ims_image_quota}")

    def show_job(self, call: jobs.Call) -> Handler:
        def handler(asked: ApiRequest) -> Response:
            job = self._imports.find(asked.path["job_id"], asked.now)
            if job is None:
                raise self._unknown_job(asked.path["job_id"])
            return Response.json(
                200, jobs.job_response(job, call, self._imports.progress(job, asked.now), self._switches)
            )

        return handler

    def _unknown_job(self, job_id: str) -> Exception:
        if self._switches.ims_unknown_job == "404":
            return api_error("IMG.0023", job_id, status=404)
        return api_error("IMG.0023", job_id)

    def list_images(self, asked: ApiRequest) -> Response:
        page = image_queries.listing(self._images.visible(), asked.query)
        if not self._switches.ims_page_info:
            page.pop("page_info", None)
        return Response.json(200, page)

    def native_list(self, asked: ApiRequest) -> Response:
        """OpenStack's own listing: 25 a page, the next one as a link."""
        found = image_queries.listing(self._images.visible(), asked.query, NATIVE_PAGE)
        shown = {"images": found["images"], "first": "/v2/images", "schema": "/v2/schemas/images"}
        if "page_info" in found:
            kept = [(name, value) for name, value in asked.query if name != "marker"]
            shown["next"] = f"/v2/images?{urlencode([*kept, ('marker', found['page_info']['next_marker'])])}"
        return Response.json(200, shown)

    def show(self, asked: ApiRequest) -> Response:
        return Response.json(
            200, self._images.as_api(image_updates.visible_image(self._images, asked.path["image_id"]))
        )

    def update(self, asked: ApiRequest) -> Response:
        image = image_updates.visible_image(self._images, asked.path["image_id"])
        taken = self._images.names() if self._switches.ims_names_unique else None
        new = image_updates.patched(image, fields.parse(asked.raw, list), self._orders, taken)
        self._images.save(new, asked.now)
        return Response.json(200, self._images.as_api(new))

    def delete(self, asked: ApiRequest) -> Response:
        """Deleting an image twice is answered like deleting it once."""
        if self._switches.ims_delete_unknown == "204" and not image_updates.is_visible(
            self._images, asked.path["image_id"]
        ):
            return Response(204)
        image = image_updates.visible_image(self._images, asked.path["image_id"])
        waits = image.get("described") and not self._imports.is_importing(image["id"])
        if image["status"] in ("queued", "saving") and not waits:
            raise api_error("IMG.0090", image["id"])
        if image["protected"]:
            raise api_error("IMG.0091", image["id"])
        if image["status"] != "deleted":
            self._images.delete(image, asked.now, self._imports.to_clock(self._switches.ims_delete_delay))
        return Response(204)

    def quota(self, asked: ApiRequest) -> Response:
        image: dict[str, Any] = {
            "type": "image",
            "used": self._images.quota_used(),
            "quota": self._switches.ims_image_quota,
        }
        others: list[dict[str, Any]] = [
            {"type": kind, "used": 0, "quota": 128} for kind in ("image_shared", "image_member")
        ]
        resources = [one | {"min": 0, "max": -1} for one in (image, *others)]
        return Response.json(200, {"quotas": {"resources": resources}})

    def os_versions(self, asked: ApiRequest) -> Response:
        """Grouped by platform; `tag=uefi` keeps those that boot by UEFI, other tags keep all."""
        uefi = ("tag", "uefi") in asked.query
        grouped: dict[str, list[dict[str, Any]]] = {}
        for version in versions_of_region(self._switches).values():
            refuses = version.os_type == "Windows" and self._switches.ims_refuses_windows
            if refuses or (uefi and not version.uefi):
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

"""An image in two steps: what it is, then its file (IMS API: GlanceCreateImageMetadata, RegisterImage)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from imagedrop_local.http import Response
from imagedrop_local.ims import fields, image_updates
from imagedrop_local.ims.calls import ApiRequest
from imagedrop_local.ims.create_requests import ImageFile, ImportRequest, RequestParser
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.imports import ImportJobs
from imagedrop_local.ims.sources import Sources

FORMATS = ("vhd", "zvhd", "zvhd2", "raw", "qcow2")


class TwoStepCalls:
    """As `Calls`. `admit` refuses a name that is taken and a quota that is used up."""

    def __init__(
        self,
        orders: RequestParser,
        sources: Sources,
        images: Images,
        imports: ImportJobs,
        admit: Callable[[ImportRequest], None],
    ) -> None:
        self._orders, self._sources, self._images = orders, sources, images
        self._imports, self._admit = imports, admit

    def describe(self, asked: ApiRequest) -> Response:
        """An image that is queued, and seen, until it gets its file."""
        body = asked.body()
        for name, values in (("visibility", ("private",)), ("container_format", ("bare",)), ("disk_format", FORMATS)):
            fields.one_of(body, name, values, "IMG.0001")
        order = self._orders.native(body)
        self._admit(order)
        image_id = str(uuid.uuid4())
        self._images.add_without_file(
            image_id, order.attributes, order.files[0], fields.flag(body, "protected"), asked.now
        )
        return Response.json(201, self._images.as_api(image_updates.visible_image(self._images, image_id)))

    def register(self, asked: ApiRequest) -> Response:
        image = image_updates.visible_image(self._images, asked.path["image_id"])
        if not image.get("described") or image["status"] != "queued" or self._imports.is_importing(image["id"]):
            raise api_error("IMG.0121", f"it is {image['status']}, or has its file already")
        url = fields.url(asked.body())
        file = ImageFile("system", image["name"], url, image["min_disk"], tags=image["tags"], image_id=image["id"])
        windows = image["attributes"]["__os_type"] == "Windows"
        order = ImportRequest("imsNativeImportImageJob", (file,), image["attributes"], windows)
        self._imports.check_task_limit(1)
        return Response.json(200, {"job_id": self._imports.submit(order, [self._sources.find(file)], asked.now)})

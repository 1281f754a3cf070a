"""An image in two steps: what it is, then its file (IMS API: GlanceCreateImageMetadata, RegisterImage)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from imagedrop_local.http import Response
from imagedrop_local.ims import fields, image_updates
from imagedrop_local.ims.calls import Asked
from imagedrop_local.ims.create_requests import File, Order, Orders
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.imports import Imports
from imagedrop_local.ims.refusals import refused
from imagedrop_local.ims.sources import Sources

FORMATS = ("vhd", "zvhd", "zvhd2", "raw", "qcow2")


class TwoSteps:
    """As `Calls`. `admit` refuses a name that is taken and a quota that is used up."""

    def __init__(
        self, orders: Orders, sources: Sources, images: Images, imports: Imports, admit: Callable[[Order], None]
    ) -> None:
        self._orders, self._sources, self._images = orders, sources, images
        self._imports, self._admit = imports, admit

    def describe(self, asked: Asked) -> Response:
        """An image that is queued, and seen, until it gets its file."""
        body = asked.body()
        for name, values in (("visibility", ("private",)), ("container_format", ("bare",)), ("disk_format", FORMATS)):
            fields.one_of(body, name, values, "IMG.0001")
        order = self._orders.native(body)
        self._admit(order)
        image_id = str(uuid.uuid4())
        self._images.describe(image_id, order.attributes, order.files[0], fields.flag(body, "protected"), asked.now)
        return Response.json(201, self._images.shown(image_updates.find(self._images, image_id)))

    def register(self, asked: Asked) -> Response:
        image = image_updates.find(self._images, asked.path["image_id"])
        if not image.get("described") or image["status"] != "queued" or self._imports.has(image["id"]):
            raise refused("IMG.0121", f"it is {image['status']}, or has its file already")
        url = fields.url(asked.body())
        file = File("system", image["name"], url, image["min_disk"], tags=image["tags"], image_id=image["id"])
        windows = image["attributes"]["__os_type"] == "Windows"
        order = Order("imsNativeImportImageJob", (file,), image["attributes"], windows)
        self._imports.check_room(1)
        return Response.json(200, {"job_id": self._imports.submit(order, [self._sources.find(file)], asked.now)})

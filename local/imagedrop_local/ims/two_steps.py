"""Creates an image in two steps: metadata, then the file (IMS API: GlanceCreateImageMetadata, RegisterImage)."""

from __future__ import annotations

import uuid

from imagedrop_local.http import Response
from imagedrop_local.ims import fields
from imagedrop_local.ims.calls import ApiRequest, Calls
from imagedrop_local.ims.create_requests import ImageFile, ImportRequest
from imagedrop_local.ims.error_codes import api_error

FORMATS = ("vhd", "zvhd", "zvhd2", "raw", "qcow2")


class TwoStepCalls(Calls):
    def describe(self, request: ApiRequest) -> Response:
        """Creates an image that is queued, and visible, until it gets its file."""
        body = request.body()
        for name, values in (("visibility", ("private",)), ("container_format", ("bare",)), ("disk_format", FORMATS)):
            fields.one_of(body, name, values, "IMG.0001")
        parsed = self._parser.native(body)
        self.admit(parsed)
        image_id, protected = str(uuid.uuid4()), fields.flag(body, "protected")
        self._images.add(image_id, parsed.attributes, parsed.files[0], protected, request.now)
        return Response.json(201, self._images.as_api(self._images.find(image_id)))

    def register(self, request: ApiRequest) -> Response:
        image = self._images.find(request.path["image_id"])
        if not image.get("described") or image["status"] != "queued" or self._imports.is_importing(image["id"]):
            raise api_error("IMG.0121", f"it is {image['status']}, or has its file already")
        url = fields.url(request.body())
        file = ImageFile("system", image["name"], url, image["min_disk"], tags=image["tags"], image_id=image["id"])
        windows = image["attributes"]["__os_type"] == "Windows"
        import_request = ImportRequest("imsNativeImportImageJob", (file,), image["attributes"], windows)
        self._imports.check_task_limit(1)
        job_id = self._imports.submit(import_request, [self._sources.find(file)], request.now)
        return Response.json(200, {"job_id": job_id})

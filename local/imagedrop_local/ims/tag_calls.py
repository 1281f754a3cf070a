"""What each call on tags does (IMS API: AddImageTag, BatchAddOrDeleteTags, ListImageByTags and related calls)."""

from __future__ import annotations

from collections.abc import Callable

from imagedrop_local.http import Response
from imagedrop_local.ims import fields, image_queries, image_updates, tags
from imagedrop_local.ims.calls import ApiRequest, Handler
from imagedrop_local.ims.images import Images
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.json_store import Document

TagChange = Callable[[Document, ApiRequest], dict[str, str]]


class TagCalls:
    """Like `Calls`."""

    def __init__(self, images: Images, switches: ImsSwitches) -> None:
        self._images, self._limits = images, tags.LIMITS[switches.ims_tag_limits]

    def by_tags(self, request: ApiRequest) -> Response:
        return Response.json(200, image_queries.by_tags(self._images.visible(), request.body()))

    def image_tags(self, request: ApiRequest) -> Response:
        image = self._images.find(request.path["image_id"])
        image_tags = image_queries.tags_of(self._images.as_api(image))
        return Response.json(200, {"tags": [{"key": key, "value": value} for key, value in image_tags.items()]})

    def all_tags(self, request: ApiRequest) -> Response:
        """ListImagesTags: every key of the project's images with its values."""
        values: dict[str, set[str]] = {}
        for image in self._images.visible():
            for key, value in image_queries.tags_of(image).items():
                values.setdefault(key, set()).add(value)
        return Response.json(200, {"tags": [{"key": key, "values": sorted(values[key])} for key in sorted(values)]})

    def tag_texts(self, request: ApiRequest) -> Response:
        """ListTags: the tags of the images that match the query, as `key=value`."""
        paging = ("limit", "page")
        found = image_queries.listing(self._images.visible(), [pair for pair in request.query if pair[0] not in paging])
        return Response.json(200, {"tags": sorted({tag for image in found["images"] for tag in image["tags"]})})

    def put_tag(self, request: ApiRequest) -> Response:
        """CreateOrUpdateTags: adds or changes one tag."""
        body = request.body()
        image = self._images.find(fields.text(body, "image_id") or "")
        self._images.save({**image, "tags": image_updates.put_tag(image, body, self._limits)}, request.now)
        return Response(204)

    def tagged(self, change: TagChange) -> Handler:
        """The handler of a call that changes the tags of one image."""

        def handler(request: ApiRequest) -> Response:
            image = self._images.find(request.path["image_id"])
            self._images.save({**image, "tags": change(image, request)}, request.now)
            return Response(204)

        return handler

    def add_tag(self, image: Document, request: ApiRequest) -> dict[str, str]:
        return image_updates.add_tag(image, request.body(), self._limits)

    def change_tags(self, image: Document, request: ApiRequest) -> dict[str, str]:
        return image_updates.change_tags(image, request.body(), self._limits)

    def delete_tag(self, image: Document, request: ApiRequest) -> dict[str, str]:
        return image_updates.without_tag(image, request.path["key"])

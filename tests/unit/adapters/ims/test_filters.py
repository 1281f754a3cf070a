"""Images are compared with what was asked for: IMS may ignore a filter that it does not know."""

from __future__ import annotations

from typing import Any

from imagedrop.adapters.ims.images import ImsImages
from imagedrop_local.memory import memory_settings
from tests.support.service_calls import quick_calls


class Api:
    """ListImages that ignores its filters."""

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def images(self, **_: Any) -> Any:
        return {
            "images": [
                {"id": "own", "name": "W", "tags": ["imagedrop=d", "team=a"]},
                {"id": "other drop", "name": "W", "tags": ["imagedrop=other"]},
                {"id": "untagged", "name": "other", "tags": []},
            ]
        }


def images() -> ImsImages:
    api: Any = Api
    return ImsImages(api, quick_calls(), memory_settings())


def test_images_found_by_tag_have_the_tag() -> None:
    assert [image.id for image in images().by_tag("imagedrop", "d")] == ["own"]


def test_images_found_by_name_have_the_name() -> None:
    assert [image.id for image in images().by_name("W")] == ["own", "other drop"]

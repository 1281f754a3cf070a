"""Finds images by name."""

from __future__ import annotations

from tests.support.ims_client_helper import SimulatedIms


def names(ims: SimulatedIms, **query: str) -> list[str]:
    return [image["name"] for image in ims.images(**query)]


def image_id(ims: SimulatedIms, name: str) -> str:
    return str(ims.images(name=name)[0]["id"])

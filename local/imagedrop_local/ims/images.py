"""The records of private images, and their form in the API (IMS API: image attributes)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from imagedrop_local.ims.create_requests import ImageFile
from imagedrop_local.ims.error_codes import api_error
from imagedrop_local.ims.os_versions import OsVersion
from imagedrop_local.ims.switches import ImsSwitches
from imagedrop_local.json_store import Document, JsonStore


def stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _origin(part: Document) -> dict[str, str]:
    return {"__data_origin": f"file,{part['bucket']}:{part['key']}", "__image_size": str(part["size"])}


class Images:
    """The records. During import an image is `queued`, then `saving`; the switches say whether the API shows it."""

    def __init__(self, records: JsonStore, switches: ImsSwitches, owner: str) -> None:
        self._records, self._switches, self._owner = records, switches, owner

    def add(self, image_id: str, attributes: dict[str, Any], file: ImageFile, protected: bool, now: datetime) -> None:
        """Adds an image that gets its file later: it is visible (`described`)."""
        self._add(image_id, vars(file), attributes, now, protected=protected, described=True)

    def add_with_file(self, image_id: str, attributes: dict[str, Any], part: Document, now: datetime) -> None:
        own = {"virtual_env_type": "DataImage"} if part["role"] == "data" else {}
        own |= {"__lazyloading": "true"} if part["quick"] else {}
        own |= {"__description": part["description"], **_origin(part)}
        self._add(image_id, part, attributes | own, now)

    def _add(
        self, image_id: str, fields: Mapping[str, Any], attributes: dict[str, Any], now: datetime, **more: bool
    ) -> None:
        copied = {name: fields[name] for name in ("name", "min_disk", "tags")}
        times = {"created": now.isoformat(), "updated_at": stamp(now)}
        image = {"id": image_id, "status": "queued", **copied, **times, "protected": False, "attributes": attributes}
        self._records.put(image | more)

    def set_file(self, image: Document, part: Document, now: datetime) -> None:
        """Gives an image its file."""
        self.save({**image, "attributes": image["attributes"] | _origin(part)}, now)

    def find(self, image_id: str) -> Document:
        """The record of a visible image. Raises ApiError with 404."""
        image = self.get(image_id)
        if image is None or not self.is_visible(image_id):
            raise api_error("IMG.0027", image_id, status=404)
        return image

    def is_visible(self, image_id: str) -> bool:
        return image_id in {image["id"] for image in self.visible()}

    def get(self, image_id: str) -> Document | None:
        return self._records.get(image_id)

    def all(self) -> list[Document]:
        return list(self._records)

    def save(self, image: Document, now: datetime) -> None:
        image["updated_at"] = stamp(now)
        self._records.put(image)

    def names(self) -> set[str]:
        """The names in use."""
        return {image["name"] for image in self._records if self._holds_name(image) and image["name"]}

    def _holds_name(self, image: Document) -> bool:
        importing = image["status"] in ("queued", "saving") and not image.get("described") and "active_at" not in image
        return image["status"] != "deleted" and (self._switches.ims_names_reserved or not importing)

    def quota_used(self) -> int:
        """The number of images that count to the quota."""
        uncounted = {"deleted"} | (set() if self._switches.ims_killed_uses_quota else {"killed"})
        return sum(image["status"] not in uncounted for image in self._records)

    def mark_started(self, image_id: str, now: datetime) -> None:
        if image := self.get(image_id):
            image["status"] = "saving"
            self.save(image, now)

    def mark_done(self, image_id: str, ended: datetime, active_at: datetime, found: OsVersion | None = None) -> None:
        """The job succeeded at `ended`; the image is active from `active_at`. `found`: the OS detected in its file."""
        if image := self.get(image_id):
            image["attributes"] |= found.attributes() if found else {}
            image["active_at"] = active_at.isoformat()
            image["status"] = "active" if active_at <= ended else "saving"
            self.save(image, ended)

    def mark_failed(self, image_id: str, now: datetime) -> None:
        image = self.get(image_id)
        if image and self._switches.ims_failed_image_stays:
            image["status"] = "killed"
            self.save(image, now)
        elif image:
            self._records.delete(image_id)

    def delete(self, image: Document, now: datetime, shown_for: timedelta) -> None:
        """Deletes an image; the API shows it as deleted for `shown_for`."""
        image |= {"status": "deleted", "gone_at": (now + shown_for).isoformat()}
        self.save(image, now)
        self.advance(now)

    def advance(self, now: datetime) -> None:
        """Does what is due: activates images and removes deleted ones."""
        for image in self._records:
            if image["status"] == "deleted" and datetime.fromisoformat(image["gone_at"]) <= now:
                self._records.delete(image["id"])
            elif image["status"] == "saving" and "active_at" in image:
                when = datetime.fromisoformat(image["active_at"])
                if when <= now:
                    image["status"] = "active"
                    self.save(image, when)

    def visible(self) -> list[Document]:
        """All visible images as the API shows them, unsorted."""
        importing = ("queued", "saving")
        return [
            self.as_api(image)
            for image in self._records
            if self._switches.ims_shows_imports or image.get("described") or image["status"] not in importing
        ]

    def as_api(self, image: Document) -> Document:
        created = datetime.fromisoformat(image["created"])
        active = image["status"] == "active"
        shows_tags = (
            active
            or image.get("described")
            or image["status"] in ("killed", "deleted")
            or self._switches.ims_tags_early
        )
        fields = {
            "id": image["id"],
            "name": image["name"],
            "status": image["status"],
            "owner": self._owner,
            "visibility": "private",
            "protected": image["protected"],
            "container_format": "bare",
            "disk_format": "zvhd2",
            "created_at": stamp(created),
            "updated_at": image["updated_at"],
            "min_disk": image["min_disk"],
            "tags": [f"{key}={value}" for key, value in image["tags"].items()] if shows_tags else [],
            "__isregistered": "true",
            "__imagetype": "private",
            "__image_source_type": "uds",
            "__root_origin": "file",
            "file": f"/v2/images/{image['id']}/file",
            "self": f"/v2/images/{image['id']}",
            "schema": "/v2/schemas/image",
            **image["attributes"],
        }
        if active and "active_at" in image:
            fields["active_at"] = stamp(datetime.fromisoformat(image["active_at"]))
        return fields

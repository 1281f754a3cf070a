"""The port Images in IMS (IMS API: CreateImage, ShowJob, ListImages)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from imagedrop.adapters.calls import Calls, never
from imagedrop.adapters.ims.errors import JOB_NOT_FOUND_CODES, KEYS_REFUSED, ImsNotFound
from imagedrop.adapters.ims.responses import read_image, read_job
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.time_limits import IMS_CREATE, IMS_READ
from imagedrop.ports import Image, ImsError, Job
from imagedrop.settings import Settings

if TYPE_CHECKING:
    from imagedrop.adapters.ims.client import ImsConnection

PAGE = 100  # ListImages: at most 500 at once
PAGES = 100  # more images than a project has; stops a listing that never ends

T = TypeVar("T")


def open_connection(settings: Settings, keys: Callable[[], HuaweiKeys]) -> ImsConnection:
    from imagedrop.adapters.ims.client import ImsConnection

    return ImsConnection(settings, keys())


class ImsImages:
    """`connect` opens a connection. `renew` reads the keys again and returns whether they have changed."""

    def __init__(
        self,
        connect: Callable[[], ImsConnection],
        calls: Calls,
        settings: Settings,
        renew: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connect, self._calls, self._renew = connect, calls, renew
        self._job_call, self._owner = settings.ims_job_call, settings.project_id

    def create(self, body: Mapping[str, Any]) -> str:
        response = self._with_key_renewal(lambda connection: connection.create(body), IMS_CREATE, never)
        job_id = response.get("job_id") if isinstance(response, dict) else None
        if not isinstance(job_id, str) or not job_id:
            raise ImsError("unknown", "no_job_id", f"a response without a job id: {str(response)[:200]}")
        return job_id

    def job(self, job_id: str) -> Job | None:
        try:
            return read_job(job_id, self._read(lambda connection: connection.job(self._job_call, job_id)))
        except ImsNotFound:
            return None
        except ImsError as error:
            if error.code in JOB_NOT_FOUND_CODES:
                return None
            raise

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        return [image for image_id in dict.fromkeys(image_ids) for image in self._images(id=image_id)]

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        images = self._images(tag=f"{key}={value}", owner=self._owner)
        return [image for image in images if image.tags.get(key) == value]

    def by_name(self, name: str) -> Sequence[Image]:
        return [image for image in self._images(name=name, owner=self._owner) if image.name == name]

    def _images(self, **filters: str) -> list[Image]:
        return self._read(lambda connection: list(_list_images(connection, filters)))

    def _read(self, call: Callable[[ImsConnection], T]) -> T:
        return self._with_key_renewal(call, IMS_READ, _is_temporary)

    def _with_key_renewal(
        self, call: Callable[[ImsConnection], T], limit: float, repeatable: Callable[[Exception], bool]
    ) -> T:
        """Calls again, once, with renewed keys if the keys are refused. IMS has done nothing then."""
        once = partial(self._call_once, call)
        try:
            return self._calls.run(once, limit, repeatable)
        except ImsError as error:
            if error.code not in KEYS_REFUSED or not self._renew():
                raise
            return self._calls.run(once, limit, repeatable)

    def _call_once(self, call: Callable[[ImsConnection], T]) -> T:
        with self._connect() as connection:
            return call(connection)


def _is_temporary(error: Exception) -> bool:
    """Of a call that only reads. Not for an unknown job, because it stays unknown for hours."""
    if not isinstance(error, ImsError) or isinstance(error, ImsNotFound) or error.code in JOB_NOT_FOUND_CODES:
        return False
    return error.kind in ("busy", "unknown", "undelivered")


def _list_images(connection: ImsConnection, filters: Mapping[str, str]) -> Iterator[Image]:
    """All pages, each image once. The marker is the last image of the page before."""
    known_ids: set[str] = set()
    marker: dict[str, str] = {}
    for _ in range(PAGES):
        response = connection.images(imagetype="private", limit=PAGE, **filters, **marker)
        page = [read_image(item) for item in _items(response)]
        new = [image for image in page if image.id not in known_ids]
        yield from new
        if len(page) < PAGE or not new:
            return
        known_ids.update(image.id for image in new)
        marker = {"marker": page[-1].id}


def _items(response: Any) -> list[dict[str, Any]]:
    images = response.get("images") if isinstance(response, dict) else None
    if not isinstance(images, list):
        raise ImsError("unknown", "no_images", f"a response without images: {str(response)[:200]}")
    return [item for item in images if isinstance(item, dict) and isinstance(item.get("id"), str)]

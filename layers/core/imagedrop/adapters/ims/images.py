"""IMS behind its port: images made, jobs followed, images found (IMS API: CreateImage, ShowJob, ListImages)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from imagedrop.adapters.ims.errors import JOB_NOT_FOUND_CODES, KEYS_REFUSED, ImsNotFound
from imagedrop.adapters.ims.responses import read_image, read_job
from imagedrop.adapters.retries import retry_briefly
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import Image, ImsError, Job, Random, Sleep
from imagedrop.settings import Settings

if TYPE_CHECKING:
    from imagedrop.adapters.ims.client import ImsConnection

PAGE = 100  # ListImages: at most 500 at once
PAGES = 100  # more images than any project has: the end of an answer that never ends

T = TypeVar("T")


def open_connection(settings: Settings, keys: Callable[[], HuaweiKeys]) -> ImsConnection:
    from imagedrop.adapters.ims.client import ImsConnection

    return ImsConnection(settings, keys())


class ImsImages:
    """`connect` makes a client for one turn; `renew` reads the keys anew and says whether they have changed."""

    def __init__(
        self,
        connect: Callable[[], ImsConnection],
        sleep: Sleep,
        random: Random,
        settings: Settings,
        renew: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connect, self._sleep, self._random, self._renew = connect, sleep, random, renew
        self._job_call, self._owner = settings.ims_job_call, settings.project_id

    def create(self, body: Mapping[str, Any]) -> str:
        answer = self._with_keys(lambda api: api.create(body))
        job_id = answer.get("job_id") if isinstance(answer, dict) else None
        if not isinstance(job_id, str) or not job_id:
            raise ImsError("unknown", "no_job_id", f"an answer without a job id: {str(answer)[:200]}")
        return job_id

    def job(self, job_id: str) -> Job | None:
        try:
            return read_job(job_id, self._read(lambda api: api.job(self._job_call, job_id)))
        except ImsNotFound:
            return None
        except ImsError as error:
            if error.code in JOB_NOT_FOUND_CODES:
                return None
            raise

    def by_ids(self, image_ids: Sequence[str]) -> Sequence[Image]:
        return [image for image_id in dict.fromkeys(image_ids) for image in self._images(id=image_id)]

    def by_tag(self, key: str, value: str) -> Sequence[Image]:
        found = self._images(tag=f"{key}={value}", owner=self._owner)
        return [image for image in found if image.tags.get(key) == value]

    def by_name(self, name: str) -> Sequence[Image]:
        return [image for image in self._images(name=name, owner=self._owner) if image.name == name]

    def _images(self, **filters: str) -> list[Image]:
        return self._read(lambda api: list(_listed(api, filters)))

    def _read(self, ask: Callable[[ImsConnection], T]) -> T:
        answer: T = retry_briefly(self._sleep, self._random, _passes)(self._with_keys, ask)
        return answer

    def _with_keys(self, ask: Callable[[ImsConnection], T]) -> T:
        """Asks; where the keys are refused, which is definite, once more with those that are there by now."""
        try:
            return self._once(ask)
        except ImsError as error:
            if error.code not in KEYS_REFUSED or not self._renew():
                raise
            return self._once(ask)

    def _once(self, ask: Callable[[ImsConnection], T]) -> T:
        with self._connect() as api:
            return ask(api)


def _passes(error: BaseException) -> bool:
    """An answer that takes too long is left to the queue: a function has no time for three of them. So is one about a
    job that is not known: that is the same for hours."""
    if not isinstance(error, ImsError) or isinstance(error, ImsNotFound):
        return False
    if error.code == "ReadTimeout" or error.code in JOB_NOT_FOUND_CODES:
        return False
    return error.kind in ("busy", "unknown", "undelivered")


def _listed(api: ImsConnection, filters: Mapping[str, str]) -> Iterator[Image]:
    """All pages, each image once: the marker is the last image of the page before."""
    seen: set[str] = set()
    marker: dict[str, str] = {}
    for _ in range(PAGES):
        answer = api.images(imagetype="private", limit=PAGE, **filters, **marker)
        found = [read_image(item) for item in _items(answer)]
        new = [image for image in found if image.id not in seen]
        yield from new
        if len(found) < PAGE or not new:
            return
        seen.update(image.id for image in new)
        marker = {"marker": found[-1].id}


def _items(answer: Any) -> list[dict[str, Any]]:
    images = answer.get("images") if isinstance(answer, dict) else None
    if not isinstance(images, list):
        raise ImsError("unknown", "no_images", f"an answer without images: {str(answer)[:200]}")
    return [item for item in images if isinstance(item, dict) and isinstance(item.get("id"), str)]

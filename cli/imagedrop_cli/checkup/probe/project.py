"""The calls of the probe."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from huaweicloudsdkims.v2 import CreateDataImageRequest, GlanceDeleteImageRequest

from imagedrop.adapters.calls import Calls
from imagedrop.adapters.ims.client import translate_errors
from imagedrop.adapters.ims.images import ImsImages
from imagedrop.adapters.obs.errors import translate_errors as translate_obs_errors
from imagedrop.adapters.time_limits import IMS_CREATE
from imagedrop.ports import Image, ImsError, Job, Sleep
from imagedrop.settings import Settings
from imagedrop_cli.checkup.ims import CheckedIms
from imagedrop_cli.checkup.job_calls import JOB_CALLS, JobCall

MIN_DISK = 40  # GB; the smallest that every region takes

T = TypeVar("T")


class ProbedIms(CheckedIms):
    """`on_job`: gets each answer about a job."""

    on_job: Callable[[Any], None] = staticmethod(lambda answer: None)

    def job(self, call: JobCall, job_id: str) -> Any:
        answer = super().job(call, job_id)
        self.on_job(answer)
        return answer

    def create_data_image(self, body: dict[str, Any]) -> Any:
        with translate_errors():
            return self._client.create_data_image(CreateDataImageRequest(body=body))

    def delete_image(self, image_id: str) -> None:
        with translate_errors():
            self._client.glance_delete_image(GlanceDeleteImageRequest(image_id=image_id, body={}))


class Project:
    """`obs`: boto3's S3 client. `job_answers`: of IMS, as they came. Methods raise ObjectsRefused,
    ObjectsUnavailable or ImsError."""

    def __init__(
        self, settings: Settings, obs: Any, connect: Callable[[], ProbedIms], calls: Calls, sleep: Sleep
    ) -> None:
        self.job_answers = list[Any]()

        def recording() -> ProbedIms:
            ims = connect()
            ims.on_job = self.job_answers.append
            return ims

        self._bucket, self._obs, self._connect = settings.drop_bucket, obs, connect
        self._calls, self._images = calls, ImsImages(connect, calls, settings)
        self._jobs = {
            call: ImsImages(recording, calls, settings.model_copy(update={"ims_job_call": call})) for call in JOB_CALLS
        }
        self.sleep, self.seconds = sleep, time.monotonic

    def write(self, key: str, body: bytes) -> None:
        with translate_obs_errors():
            self._obs.put_object(Bucket=self._bucket, Key=key, Body=body)

    def delete_object(self, key: str) -> None:
        with translate_obs_errors():
            self._obs.delete_object(Bucket=self._bucket, Key=key)

    def register(self, name: str, key: str, tag: tuple[str, str]) -> str:
        """The id of the job."""
        body = {
            "name": name,
            "image_url": f"{self._bucket}:{key}",
            "min_disk": MIN_DISK,
            "image_tags": [{"key": tag[0], "value": tag[1]}],
        }
        answer = self._call(lambda ims: ims.create_data_image(body))
        if not isinstance(answer, dict) or not answer.get("job_id"):
            raise ImsError("unknown", "no_job_id", f"a response without a job id: {str(answer)[:200]}")
        return str(answer["job_id"])

    def job(self, call: JobCall, job_id: str) -> Job | None:
        """None: this call knows no such job."""
        return self._jobs[call].job(job_id)

    def images_by_tag(self, tag: tuple[str, str]) -> Sequence[Image]:
        return self._images.by_tag(*tag)

    def images_by_name(self, name: str) -> Sequence[Image]:
        return self._images.by_name(name)

    def images_by_id(self, image_ids: Sequence[str]) -> Sequence[Image]:
        return self._images.by_ids(image_ids)

    def delete_image(self, image_id: str) -> None:
        self._call(lambda ims: ims.delete_image(image_id))

    def _call(self, call: Callable[[ProbedIms], T]) -> T:
        def once() -> T:
            with self._connect() as ims:
                return call(ims)

        return self._calls.run(once, IMS_CREATE)

"""The calls to OBS of the checks. Each has a limit for its whole answer, and is checked to be OBS's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError

from imagedrop.adapters.obs.errors import translate_errors
from imagedrop.ports import Objects, ObjectsUnavailable
from imagedrop_cli.checkup.in_time import TookTooLong, in_time

LONGEST = 20.0  # s for a call
SMALL = 1024  # bytes
REQUEST_IDS = ("x-amz-request-id", "x-obs-request-id")  # every answer of OBS has one

T = TypeVar("T")


class Redirected(Exception):
    """OBS sends the request elsewhere. boto3 follows in a circle if OBS does not say where the bucket is."""


@dataclass(frozen=True)
class ObsCalls:
    """`client`: boto3's S3 client. `objects`: the port to the same OBS. Methods raise ObjectsRefused,
    ObjectsUnavailable or Redirected."""

    client: Any
    objects: Objects
    bucket: str

    def listing(self) -> dict[str, Any]:
        """With one object at most."""
        found: dict[str, Any] = self._call(lambda: self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=1))
        if found.get("Name") != self.bucket:
            raise ObjectsUnavailable("the answer is no listing; perhaps a proxy answers")
        return found

    def head(self) -> dict[str, str]:
        """The headers, names in lower case."""
        answer = self._call(lambda: self.client.head_bucket(Bucket=self.bucket))
        headers: dict[str, str] = answer["ResponseMetadata"]["HTTPHeaders"]
        return headers

    def versioning(self) -> str:
        answer = self._call(lambda: self.client.get_bucket_versioning(Bucket=self.bucket))
        return str(answer.get("Status", ""))

    def policy(self) -> str:
        return str(self._call(lambda: self.client.get_bucket_policy(Bucket=self.bucket))["Policy"])

    def small_object(self, key: str) -> str:
        """Its first bytes as text."""

        def read() -> tuple[Any, str]:
            answer = self.client.get_object(Bucket=self.bucket, Key=key)
            return answer, answer["Body"].read(SMALL).decode(errors="replace")

        return self._checked(read)

    def range_behind(self, key: str, size: int) -> None:
        """Asks for bytes behind the end of an object of this size."""
        behind = f"bytes={size + 1}-{size + 2}"
        self._call(lambda: self.client.get_object(Bucket=self.bucket, Key=key, Range=behind))["Body"].close()

    def _call(self, act: Callable[[], Any]) -> Any:
        def call() -> tuple[Any, Any]:
            answer = act()
            return answer, answer

        return self._checked(call)

    def _checked(self, act: Callable[[], tuple[Any, T]]) -> T:
        """`act`: returns the answer, and what is wanted of it."""

        def whole() -> T:
            answer, wanted = act()
            headers = answer["ResponseMetadata"]["HTTPHeaders"]
            if not any(name in headers for name in REQUEST_IDS):
                raise ObjectsUnavailable("the answer has no request id of OBS; perhaps a proxy answers")
            return wanted

        try:
            with translate_errors():
                return in_time(whole, LONGEST)
        except TookTooLong:
            raise ObjectsUnavailable(f"no whole answer within {LONGEST:.0f} s") from None
        except RecursionError:
            raise Redirected("it does not say where to") from None
        except ObjectsUnavailable as error:
            if "recursion" in str(error):
                raise Redirected("it does not say where to") from None
            raise
        except (BotoCoreError, KeyError, ValueError) as error:
            raise ObjectsUnavailable(f"an answer of another form: {type(error).__name__}") from None

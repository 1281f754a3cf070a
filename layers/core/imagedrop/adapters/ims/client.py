"""A connection to IMS through Huawei's SDK: JSON in and out, and every failure is an ImsError.

Imported only where IMS is called, because the SDK takes a third of a second to import.
"""

from __future__ import annotations

import json
import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, Self

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkims.v2 import (
    CreateImageRequest,
    ImsClient,
    ListImagesRequest,
    ShowJobProgressRequest,
    ShowJobRequest,
)
from requests import RequestException, Response
from requests.exceptions import ConnectionError as RequestsConnectionError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from imagedrop import __version__
from imagedrop.adapters.ims.errors import error_from_response
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ImsError
from imagedrop.settings import Settings

CONNECT_TIMEOUT, READ_TIMEOUT = 5, 30  # s


class _JsonImsClient(ImsClient):  # type: ignore[misc]
    """Returns responses as JSON. The SDK's models lack fields and fail on unexpected values."""

    def sync_response_handler(self, response: Response, *_: Any) -> Any:
        if not 200 <= response.status_code < 300:
            raise error_from_response(response.status_code, None, f"redirected to {response.headers.get('Location')}")
        try:
            return json.loads(response.content or b"{}")
        except ValueError:
            raise ImsError("unknown", "no_json", f"a response that is not JSON: {response.content[:200]!r}") from None

    def _call_api(self, **call: Any) -> Any:
        """The SDK's own method sends the request again if parsing the response raises TypeError."""
        return self.do_http_request(**call)


class ImsConnection:
    """A client for one call and its pages. Always new: open connections may close while the function is frozen."""

    def __init__(self, settings: Settings, keys: HuaweiKeys) -> None:
        credentials = BasicCredentials(keys.ak, keys.sk, settings.project_id)
        if keys.token:
            credentials = credentials.with_security_token(keys.token)
        config = HttpConfig(timeout=(CONNECT_TIMEOUT, READ_TIMEOUT), retry_times=0)
        config.user_agent = f"imagedrop/{__version__}"  # the SDK's own reads a file in the home directory
        builder = _JsonImsClient.new_builder().with_http_config(config).with_credentials(credentials)
        self._client = builder.with_endpoint(settings.ims_url()).build()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def create(self, body: Mapping[str, Any]) -> Any:
        with _translate_errors():
            return self._client.create_image(CreateImageRequest(body=dict(body)))

    def job(self, call: Literal["ShowJob", "ShowJobProgress"], job_id: str) -> Any:
        with _translate_errors(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # for ShowJob, which is the only one in some regions
            if call == "ShowJob":
                return self._client.show_job(ShowJobRequest(job_id=job_id))
            return self._client.show_job_progress(ShowJobProgressRequest(job_id=job_id))

    def images(self, **filters: Any) -> Any:
        """ListImages. `filters` have the SDK's names: `imagetype` is `__imagetype` in the API."""
        with _translate_errors():
            return self._client.list_images(ListImagesRequest(**filters))


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except ServiceResponseException as error:
        raise error_from_response(error.status_code, error.error_code, error.error_msg, error.request_id) from error
    except (SdkException, RequestException) as error:
        raise _transport_error(error) from error


def _transport_error(error: Exception) -> ImsError:
    """The SDK wraps connection errors of requests, which are then the context. It does not wrap read time-outs."""
    request_error = error if isinstance(error, RequestException) else error.__context__
    cause = _cause(request_error) if isinstance(request_error, RequestsConnectionError) else None
    may_be_sent = not isinstance(cause, (NewConnectionError, ConnectTimeoutError)) and not _is_untrusted(cause)
    shown = cause if cause is not None else request_error or error
    return ImsError("unknown" if may_be_sent else "undelivered", type(shown).__name__, str(shown)[:1000])


def _cause(error: RequestsConnectionError) -> object:
    """The reason in urllib3's MaxRetryError."""
    return getattr(error.args[0], "reason", None) if error.args else None


def _is_untrusted(cause: object) -> bool:
    """Whether we refused the server's certificate: then nothing was sent."""
    return isinstance(cause, SSLError) and any(isinstance(arg, ssl.SSLCertVerificationError) for arg in cause.args)

"""A connection to IMS through Huawei's SDK: JSON in and out, and every failure is an ImsError.

Imported only where IMS is called, because the SDK takes a third of a second to import.
"""

from __future__ import annotations

import json
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
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.poolmanager import pool_classes_by_scheme

from imagedrop import __version__
from imagedrop.adapters.calls import kind_of_failure
from imagedrop.adapters.connections import limited_pool
from imagedrop.adapters.ims.errors import error_from_response
from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.adapters.time_limits import CONNECT_TIMEOUT, IMS_CREATE
from imagedrop.ports import ImsError
from imagedrop.settings import Settings

# All that the SDK raises because of the connection or of what came over it. It wraps some errors of requests, which
# wraps most of urllib3.
TRANSPORT_ERRORS = (SdkException, RequestException, HTTPError)


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


_LIMITED_POOLS = {scheme: limited_pool(pool) for scheme, pool in pool_classes_by_scheme.items()}


class _LimitedAdapter(HTTPAdapter):
    """Sends each request once, over connections that keep the limit of the current call."""

    def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
        super().init_poolmanager(*arguments, **more)
        self.poolmanager.pool_classes_by_scheme = _LIMITED_POOLS

    def proxy_manager_for(self, *arguments: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **more)
        manager.pool_classes_by_scheme = _LIMITED_POOLS
        return manager


class ImsConnection:
    """A client for one call and its pages. Always new: open connections may close while the function is frozen."""

    def __init__(self, settings: Settings, keys: HuaweiKeys) -> None:
        credentials = BasicCredentials(keys.ak, keys.sk, settings.project_id)
        if keys.token:
            credentials = credentials.with_security_token(keys.token)
        config = HttpConfig(timeout=(CONNECT_TIMEOUT, IMS_CREATE))
        config.user_agent = f"imagedrop/{__version__}"  # the SDK's own reads a file in the home directory
        builder = _JsonImsClient.new_builder().with_http_config(config).with_credentials(credentials)
        self._client = builder.with_endpoint(settings.ims_url()).build()
        # The SDK has no public way to replace its adapter, which repeats requests.
        session = self._client.get_http_client()._session
        for scheme in ("https://", "http://"):
            session.mount(scheme, _LimitedAdapter())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def create(self, body: Mapping[str, Any]) -> Any:
        with translate_errors():
            return self._client.create_image(CreateImageRequest(body=dict(body)))

    def job(self, call: Literal["ShowJob", "ShowJobProgress"], job_id: str) -> Any:
        with translate_errors(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # for ShowJob, which is the only one in some regions
            if call == "ShowJob":
                return self._client.show_job(ShowJobRequest(job_id=job_id))
            return self._client.show_job_progress(ShowJobProgressRequest(job_id=job_id))

    def images(self, **filters: Any) -> Any:
        """ListImages. `filters` have the SDK's names: `imagetype` is `__imagetype` in the API."""
        with translate_errors():
            return self._client.list_images(ListImagesRequest(**filters))


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raises ImsError for errors of the SDK."""
    try:
        yield
    except ServiceResponseException as error:
        raise error_from_response(error.status_code, error.error_code, error.error_msg, error.request_id) from error
    except TRANSPORT_ERRORS as error:
        shown = _innermost(error)
        raise ImsError(kind_of_failure(), type(shown).__name__, str(shown)[:1000]) from error


def _innermost(error: BaseException) -> BaseException:
    """The error that the others wrap: the context of the SDK's, the first argument or the reason of the libraries'."""
    if isinstance(error, SdkException) and isinstance(error.__context__, RequestException):
        return _innermost(error.__context__)
    inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return _innermost(inner) if isinstance(inner, HTTPError) else error

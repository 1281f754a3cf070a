"""Calls of Huawei Cloud's services that only the checks make, through its SDK."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from requests import RequestException

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_cli.checkup.in_time import TookTooLong, in_time

TIMEOUT = (5, 15)  # s, to connect and to read
LONGEST = 20.0  # s for one call in all
PAGES = 60  # of a listing; stops one that never ends
BUSY = 429


class HuaweiError(Exception):
    """A service refuses, or does not answer. `refused`: it has answered, and would answer the same again."""

    def __init__(self, text: str, refused: bool) -> None:
        super().__init__(text)
        self.refused = refused


@dataclass(frozen=True)
class Account:
    """`endpoints`: service -> its URL, where it does not follow from the URL of IMS."""

    settings: Settings
    keys: HuaweiKeys
    endpoints: Mapping[str, str] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Of `ims.cn-north-4.example.com` and `kms`: `kms.cn-north-4.example.com`. Empty if it is not known."""
        if given := self.endpoints.get(service):
            return given
        parts = urlsplit(self.settings.ims_url())
        if not parts.netloc.startswith("ims."):
            return ""
        return urlunsplit((parts.scheme, f"{service}.{parts.netloc.removeprefix('ims.')}", "", "", ""))

    def client(self, kind: Any, url: str) -> Any:
        """`kind`: the class of the SDK's client."""
        credentials = BasicCredentials(self.keys.ak, self.keys.sk, self.settings.project_id)
        if self.keys.token:
            credentials = credentials.with_security_token(self.keys.token)
        builder = kind.new_builder().with_http_config(HttpConfig(timeout=TIMEOUT)).with_credentials(credentials)
        client = builder.with_endpoint(url).build()
        # Without a handler, Python prints the SDK's messages to stderr, between the results.
        logging.getLogger(f"HuaweiCloud-SDK-{kind.__name__}").addHandler(logging.NullHandler())
        return client


def call(act: Callable[[], Any], has: str) -> Any:
    """The answer, which has this field. Raises HuaweiError, also if the whole answer takes too long."""
    with _translated_errors():
        answer = in_time(act, LONGEST)
    if not isinstance(getattr(answer, has, None), list):
        raise HuaweiError("it answers something else than documented; perhaps a proxy answers", refused=False)
    return answer


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except ServiceResponseException as error:
        refused = error.status_code < 500 and error.status_code != BUSY
        raise HuaweiError(f"{error.error_code}: {error.error_msg}", refused=refused) from None
    except TookTooLong:
        raise HuaweiError(f"no whole answer within {LONGEST:.0f} s", refused=False) from None
    except (SdkException, RequestException) as error:
        raise HuaweiError(f"{type(error).__name__}: {error}", refused=False) from None
    except (AttributeError, LookupError, TypeError, ValueError):  # the SDK's models fail on unexpected answers
        raise HuaweiError("it answers something else than documented; perhaps a proxy answers", refused=False) from None

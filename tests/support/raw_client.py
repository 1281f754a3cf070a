"""A client of Huawei's APIs that is nobody's SDK: it signs by the document, and sends what it is told to."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from tests.support.signed_requests import AK, PROJECT, SK


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class RawClient:
    """One connection that is kept alive. `hashed` sends the body's hash in a header, as some clients do."""

    def __init__(self, url: str, ak: str = AK, sk: str = SK, timeout: float = 60) -> None:
        self.host = urlsplit(url).netloc
        self._ak, self._sk = ak, sk
        self.connection = http.client.HTTPConnection(self.host, timeout=timeout)

    def close(self) -> None:
        self.connection.close()

    def headers(
        self,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        at: datetime | None = None,
        hashed: bool = False,
        **more: str,
    ) -> dict[str, str]:
        """What a request is to carry, Authorization last. `path` is encoded already."""
        sent = {"Host": self.host, "X-Sdk-Date": f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}", "X-Project-Id": PROJECT}
        sent |= {name.replace("_", "-"): value for name, value in more.items()}
        digest = hashlib.sha256(body).hexdigest()
        if hashed:
            sent["X-Sdk-Content-Sha256"] = digest
        lower = {name.lower(): value.strip() for name, value in sent.items()}
        pairs = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query))
        named = ";".join(sorted(lower))
        lines = [method, path.rstrip("/") + "/", pairs, *(f"{name}:{lower[name]}" for name in sorted(lower)), "", named]
        canonical = hashlib.sha256("\n".join([*lines, digest]).encode()).hexdigest()
        text = f"SDK-HMAC-SHA256\n{sent['X-Sdk-Date']}\n{canonical}"
        signature = hmac.new(self._sk.encode(), text.encode(), hashlib.sha256).hexdigest()
        shown = f"SDK-HMAC-SHA256 Access={self._ak}, SignedHeaders={named}, Signature={signature}"
        return {**sent, "Authorization": shown}

    def send(
        self, method: str, path: str, query: Iterable[tuple[str, str]], headers: Iterable[tuple[str, str]], body: bytes
    ) -> Answer:
        """Sends these headers in this order and none besides. A body that says no length goes in chunks."""
        asked = f"{path}?{urlencode(list(query), quote_via=quote)}" if query else path
        self.connection.putrequest(method, asked, skip_host=True, skip_accept_encoding=True)
        names = set()
        for name, value in headers:
            names.add(name.lower())
            self.connection.putheader(name, value)
        if "transfer-encoding" in names:
            half = len(body) // 2
            body = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (body[:half], body[half:], b"") if one or half)
        self.connection.endheaders(body)
        got = self.connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())

    def call(
        self, method: str, path: str, body: Any = None, query: Iterable[tuple[str, str]] = (), **how: Any
    ) -> Answer:
        """A JSON call, plainly. `path` is not encoded yet."""
        raw = b"" if body is None else json.dumps(body).encode()
        target, pairs = quote(path, safe="/~"), list(query)
        headers = self.headers(method, target, pairs, raw, **how)
        length = {"Content-Length": str(len(raw)), "Content-Type": "application/json"} if raw else {}
        return self.send(method, target, pairs, [*headers.items(), *length.items()], raw)

"""A client of Huawei's APIs without an SDK: it signs as documented, and sends exactly the given headers and body."""

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
    """One kept-alive connection."""

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
        """All headers of a signed request. `path`: encoded. `hashed`: also the body's hash, as some clients do."""
        sent = {"Host": self.host, "X-Sdk-Date": f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}", "X-Project-Id": PROJECT}
        sent |= {name.replace("_", "-"): value for name, value in more.items()}
        digest = hashlib.sha256(body).hexdigest()
        if hashed:
            sent["X-Sdk-Content-Sha256"] = digest
        lower = {name.lower(): value.strip() for name, value in sent.items()}
        pairs = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(query))
        signed_names = ";".join(sorted(lower))
        lines = [
            method,
            path.rstrip("/") + "/",
            pairs,
            *(f"{name}:{lower[name]}" for name in sorted(lower)),
            "",
            signed_names,
        ]
        canonical = hashlib.sha256("\n".join([*lines, digest]).encode()).hexdigest()
        text = f"SDK-HMAC-SHA256\n{sent['X-Sdk-Date']}\n{canonical}"
        signature = hmac.new(self._sk.encode(), text.encode(), hashlib.sha256).hexdigest()
        authorization = f"SDK-HMAC-SHA256 Access={self._ak}, SignedHeaders={signed_names}, Signature={signature}"
        return {**sent, "Authorization": authorization}

    def send(
        self, method: str, path: str, query: Iterable[tuple[str, str]], headers: Iterable[tuple[str, str]], body: bytes
    ) -> Answer:
        """Sends exactly these headers in this order. The body is sent in chunks if they have Transfer-Encoding."""
        target = f"{path}?{urlencode(list(query), quote_via=quote)}" if query else path
        self.connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        names = set()
        for name, value in headers:
            names.add(name.lower())
            self.connection.putheader(name, value)
        if "transfer-encoding" in names:
            half = len(body) // 2
            chunks = [chunk for chunk in (body[:half], body[half:], b"") if chunk or half]
            body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        self.connection.endheaders(body)
        response = self.connection.getresponse()
        lower = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lower, response.read())

    def call(
        self, method: str, path: str, body: Any = None, query: Iterable[tuple[str, str]] = (), **how: Any
    ) -> Answer:
        """A JSON call. `path`: not encoded."""
        raw = b"" if body is None else json.dumps(body).encode()
        target, pairs = quote(path, safe="/~"), list(query)
        headers = self.headers(method, target, pairs, raw, **how)
        length = {"Content-Length": str(len(raw)), "Content-Type": "application/json"} if raw else {}
        return self.send(method, target, pairs, [*headers.items(), *length.items()], raw)

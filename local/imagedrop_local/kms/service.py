"""KMS over HTTP: lists the keys of one project. Nothing is encrypted with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice

from imagedrop_local.faults import Faults
from imagedrop_local.gateway import Gateway
from imagedrop_local.gateway.signed_service import SignedService
from imagedrop_local.http import Request, Response


class Kms(SignedService):
    """`keys`: id of a key -> its state (KMS API: `2` is enabled, `3` disabled, `4` to be deleted)."""

    name = "kms"

    def __init__(
        self, credentials: Mapping[str, str], project_id: str, clock: Callable[[], datetime], faults: Faults
    ) -> None:
        """`credentials`: access key -> secret key."""
        self.keys: dict[str, str] = {}
        calls = [("POST", "/v1.0/{project_id}/kms/list-keys", "ListKeys", self._list)]
        super().__init__(Gateway(credentials, project_id, clock), calls, faults)

    def _list(self, _: Request, raw: bytes) -> Response:
        body = json.loads(raw or b"{}")
        begin, limit = int(body.get("marker") or 0), int(body.get("limit") or 1000)
        page = dict(islice(self.keys.items(), begin, begin + limit))
        more = begin + limit < len(self.keys)
        shown = {
            "keys": [*page],
            "key_details": [{"key_id": key_id, "key_state": state} for key_id, state in page.items()],
            "truncated": str(more).lower(),
            "next_marker": str(begin + limit) if more else "",
        }
        return Response.json(200, shown)

"""A function for FunctionGraph that passes events of OBS on to imagedrop's intake. Standard library only.

Example, for accounts that have the triggers OBS or EVENTGRID but no EventGrid subscription to a URL or to SMN.
Encrypted user data: `intake_url` (https) and `intake_secret`. Asynchronous calls are repeated if it fails, as set in
the function's asynchronous configuration.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

TIMEOUT = 10  # s


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The secret goes to the intake only. A redirect fails, as any other status than 200."""


def handler(event: Any, context: Any) -> dict[str, int]:
    """Raises an error unless the intake has taken the event."""
    url, secret = context.getUserData("intake_url"), context.getUserData("intake_secret")
    if not (url or "").startswith("https://") or not secret:
        raise ValueError("set intake_url (https://...) and intake_secret in the function's encrypted user data")
    headers = {"Content-Type": "application/json", "x-imagedrop-secret": secret}
    request = urllib.request.Request(url, json.dumps(event).encode(), headers, method="POST")  # noqa: S310 - https only
    with urllib.request.build_opener(_NoRedirects).open(request, timeout=TIMEOUT) as response:
        return {"status": response.status}

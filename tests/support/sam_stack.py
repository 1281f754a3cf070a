"""The stack that `sam deploy` has made in a LocalStack."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from imagedrop_local.stack import aws
from imagedrop_local.stack.deployed import Deployed


class SamStack(Deployed):
    """The stack at `endpoint`. Mails that were sent before do not count."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self.client = endpoint, aws.Clients(endpoint)
        self._earlier = {mail["Id"] for mail in self._stored_mails()}

    def mails(self) -> list[dict[str, Any]]:
        return [_mail(stored) for stored in self._stored_mails() if stored["Id"] not in self._earlier]

    def log_group(self, function: str) -> str:
        """LocalStack does not write to the log group of the template."""
        return f"/aws/lambda/{self.outputs.functions[function]}"

    def _stored_mails(self) -> list[dict[str, Any]]:
        self.client("ses").get_send_quota()  # LocalStack serves the mails only after the first call of SES
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{self.endpoint}/_aws/ses", timeout=10) as answer:
            stored: list[dict[str, Any]] = json.load(answer)["messages"]
        return stored


def _mail(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Source": stored["Source"],
        "To": stored["Destination"].get("ToAddresses", []),
        "Subject": stored["Subject"],
        "BodyText": stored["Body"]["text_part"] or "",
        "BodyHtml": stored["Body"]["html_part"] or "",
        "Timestamp": stored["Timestamp"],
    }

"""A deployed template.yaml, whatever runs it: calls its functions, reads their variables and logs."""

from __future__ import annotations

import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imagedrop_local.stack.aws import Clients
from imagedrop_local.stack.outputs import FUNCTIONS, Outputs
from imagedrop_local.stack.urls import FunctionFailed

NAME = "imagedrop"


@dataclass(frozen=True)
class LogLine:
    function: str
    timestamp: int  # ms since 1970, at the end of the call that logged it
    text: str


class Deployed(ABC):
    """`functions` have their short names in all calls: `intake`."""

    client: Clients
    outputs: Outputs

    @abstractmethod
    def mails(self) -> list[dict[str, Any]]:
        """Every sent mail: `Source`, `To`, `Subject`, `BodyText`, `BodyHtml`, `Timestamp`; oldest first."""

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Invokes a function with an event and returns its result. Raises FunctionFailed."""
        return self._invoke(self.outputs.functions[function], event)

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables of a function in the template."""
        name = self.outputs.functions[function]
        variables: dict[str, str]
        variables = self.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        return variables

    def log_group(self, function: str) -> str:
        return f"/aws/lambda/{NAME}/{function}"

    def logs(self, after: int = 0) -> Iterator[LogLine]:
        """The log lines after `after` (ms since 1970), function by function."""
        logs = self.client("logs")
        pages = logs.get_paginator("filter_log_events")
        for name in FUNCTIONS:
            with contextlib.suppress(logs.exceptions.ResourceNotFoundException):  # was never called
                for page in pages.paginate(logGroupName=self.log_group(name), startTime=after + 1):
                    for line in page["events"]:
                        yield LogLine(name, line["timestamp"], line["message"])

    def _invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        returned = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise FunctionFailed(returned.get("errorMessage", answer["FunctionError"]))
        return returned

"""The AWS side on one machine: the project's own template.yaml, running in ministack on 127.0.0.1."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imagedrop_local.http import Server
from imagedrop_local.stack import aws, bridge, deploy, identity
from imagedrop_local.stack.outputs import FUNCTIONS, Outputs, function, outputs
from imagedrop_local.stack.process import Ministack
from imagedrop_local.stack.urls import FunctionFailed, FunctionUrl

NAME = "imagedrop"


@dataclass(frozen=True)
class LogLine:
    function: str
    timestamp: int  # ms since 1970, of the end of the call that wrote it
    text: str


class Stack:
    """`with Stack(folder, parameters=..., credentials={"ak": .., "sk": ..}) as stack:`, or `start` and `stop`.

    `folder` keeps everything from one start to the next. `port` is AWS's endpoint, `intake_port` and `status_port` are
    those of the function URLs; 0: any free one. `parameters` are template.yaml's, on top of those in samconfig.toml's
    environment `local`; those that name the two secrets are filled in here. `source` is the checkout that is run.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 4566,
        parameters: Mapping[str, str],
        credentials: Mapping[str, str],
        webhook_secret: str = "",
        intake_port: int = 0,
        status_port: int = 0,
        source: Path = Path(__file__).parents[3],
    ) -> None:
        self._source, self._parameters = source, parameters
        self._credentials, self._webhook_secret = credentials, webhook_secret
        self._intake_port, self._status_port = intake_port, status_port
        self._ministack = Ministack(folder.resolve(), port)
        self._fronts: list[Server] = []
        self.endpoint = self._ministack.endpoint
        self.client = aws.Clients(self.endpoint)
        self.outputs: Outputs  # after start

    def start(self) -> Outputs:
        """Returns when everything is there. Raises StackError, and then nothing is left running."""
        try:
            self._ministack.start()
            template, zips = deploy.read_project(self._source)
            parameters = {
                **deploy.samconfig_parameters(self._source),
                "AwsEndpoint": self._ministack.endpoint,
                **self._parameters,
            }
            self._ministack.wait_until_ready()
            parameters |= identity.secrets(self.client, self._credentials, self._webhook_secret)
            if sender := parameters.get("MailFrom"):
                identity.verify(self.client, sender)
            found = deploy.deploy(self.client, NAME, template, zips, parameters)
            intake = self._front(function(found, "intake"), self._intake_port, signed=False)
            status = self._front(function(found, "status"), self._status_port, signed=True)
            self.outputs = outputs(found, self.endpoint, intake, status)
            bridge.resume_consumers(self.client("lambda"))
        except BaseException:
            self.stop()
            raise
        return self.outputs

    def stop(self) -> None:
        """Ends it; what queues, ledger and mailbox hold is kept in the folder."""
        while self._fronts:
            self._fronts.pop().stop()
        self._ministack.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Runs a function (short name) on an event, waits, gives what it returned. Raises FunctionFailed."""
        return self._invoke(self.outputs.functions[function], event)

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables that the template gives a function."""
        name = self.outputs.functions[function]
        variables: dict[str, str]
        variables = self.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        return variables

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that was sent: `Source`, `To`, `Subject`, `BodyText`, `BodyHtml`, `Timestamp`; oldest first."""
        address = f"{self.endpoint}/_ministack/ses/messages?account={aws.ACCOUNT}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(address, timeout=10) as answer:
            mails: list[dict[str, Any]] = json.load(answer)["messages"].get(aws.ACCOUNT, [])
        return mails

    def logs(self, after: int = 0) -> Iterator[LogLine]:
        """What the functions have logged later than `after` (ms since 1970), function by function."""
        pages = self.client("logs").get_paginator("filter_log_events")
        for name in FUNCTIONS:
            for page in pages.paginate(logGroupName=f"/aws/lambda/{NAME}/{name}", startTime=after + 1):
                for line in page["events"]:
                    yield LogLine(name, line["timestamp"], line["message"])

    def _invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        returned = json.load(answer["Payload"])
        if "FunctionError" in answer:
            raise FunctionFailed(returned.get("errorMessage", answer["FunctionError"]))
        return returned

    def _front(self, name: str, port: int, *, signed: bool) -> str:
        front = FunctionUrl(name, self._invoke, signed).serve(port)
        self._fronts.append(front)
        return f"{front.url}/"

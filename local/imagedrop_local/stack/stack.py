"""The AWS side on one machine: the project's template.yaml in ministack on 127.0.0.1."""

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
    timestamp: int  # ms since 1970, at the end of the call that logged it
    text: str


class Stack:
    """`with Stack(folder, parameters=..., credentials={"ak": .., "sk": ..}) as stack:`, or `start` and `stop`.

    `folder`: the state, kept over restarts. `port`: the AWS endpoint; `intake_port`, `status_port`: the function URLs;
    0: any free port. `parameters`: of template.yaml, without `Settings` and the ARN of the keys; `settings`: for the
    functions, without the address of AWS and the webhook's secret. `sweep_every`: minutes. `source`: the checkout to
    run.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 4566,
        parameters: Mapping[str, str],
        settings: Mapping[str, Any],
        credentials: Mapping[str, str],
        webhook_secret: str = "",
        sweep_every: int = 1,
        intake_port: int = 0,
        status_port: int = 0,
        source: Path = Path(__file__).parents[3],
    ) -> None:
        self._source, self._parameters, self._settings = source, parameters, settings
        self._credentials, self._webhook_secret, self._sweep_every = credentials, webhook_secret, sweep_every
        self._intake_port, self._status_port = intake_port, status_port
        self._ministack = Ministack(folder.resolve(), port)
        self._url_servers: list[Server] = []
        self.endpoint = self._ministack.endpoint
        self.client = aws.Clients(self.endpoint)
        self.outputs: Outputs  # after start

    def start(self) -> Outputs:
        """Returns when everything runs. Raises StackError; then nothing is left running."""
        try:
            self._ministack.start()
            template, zips = deploy.read_project(self._source)
            self._ministack.wait_until_ready()
            keys = identity.secrets(self.client, self._credentials, self._webhook_secret)
            if sender := self._parameters.get("MailFrom"):
                identity.verify(self.client, sender)
            settings = {
                "aws_endpoint": self._ministack.endpoint,
                "webhook_secret": identity.WEBHOOK if self._webhook_secret else "",
                **self._settings,
            }
            parameters = {
                **self._parameters,
                "HuaweiCredentialsSecretArn": keys,
                "Settings": json.dumps(settings),
            }
            stack_outputs = deploy.deploy(self.client, NAME, template, zips, parameters, self._sweep_every)
            intake = self._serve_url(function(stack_outputs, "intake"), self._intake_port, signed=False)
            status = self._serve_url(function(stack_outputs, "status"), self._status_port, signed=True)
            self.outputs = outputs(stack_outputs, self.endpoint, intake, status)
            bridge.resume_consumers(self.client("lambda"))
        except BaseException:
            self.stop()
            raise
        return self.outputs

    def stop(self) -> None:
        """Stops it; the content of queues, ledger and mailbox stays in the folder."""
        while self._url_servers:
            self._url_servers.pop().stop()
        self._ministack.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Invokes a function (short name) with an event and returns its result. Raises FunctionFailed."""
        return self._invoke(self.outputs.functions[function], event)

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables of a function in the template."""
        name = self.outputs.functions[function]
        variables: dict[str, str]
        variables = self.client("lambda").get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        return variables

    def mails(self) -> list[dict[str, Any]]:
        """Every sent mail: `Source`, `To`, `Subject`, `BodyText`, `BodyHtml`, `Timestamp`; oldest first."""
        address = f"{self.endpoint}/_ministack/ses/messages?account={aws.ACCOUNT}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(address, timeout=10) as answer:
            mails: list[dict[str, Any]] = json.load(answer)["messages"].get(aws.ACCOUNT, [])
        return mails

    def logs(self, after: int = 0) -> Iterator[LogLine]:
        """The log lines after `after` (ms since 1970), function by function."""
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

    def _serve_url(self, name: str, port: int, *, signed: bool) -> str:
        server = FunctionUrl(name, self._invoke, signed).serve(port)
        self._url_servers.append(server)
        return f"{server.url}/"

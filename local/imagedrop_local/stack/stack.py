"""The AWS side on one machine: the project's template.yaml in ministack on 127.0.0.1."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imagedrop_local.stack import aws, bridge, deploy, secrets
from imagedrop_local.stack.deployed import NAME, Deployed
from imagedrop_local.stack.outputs import Outputs, function, outputs
from imagedrop_local.stack.parameters import template_parameters
from imagedrop_local.stack.process import Ministack
from imagedrop_local.stack.urls import FunctionUrl
from imagedrop_local.web.server import HttpServer


class Stack(Deployed):
    """`with Stack(folder, settings=..., secrets=...) as stack:`, or `start` and `stop`.

    `folder`: the state, kept over restarts. `port`: the AWS endpoint; `intake_port`, `status_port`: the function URLs;
    0: any free port. `settings`: of the functions, without those that follow from AWS and from `secrets`. `secrets`: by
    the names in secrets.py. `sweep_every`: minutes. `log`: file that gets the logs; None: the stderr of this process.
    `by_hand`: no queue calls a function. `source`: the checkout to run.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 4566,
        settings: Mapping[str, Any],
        secrets: Mapping[str, str],
        sweep_every: int = 1,
        intake_port: int = 0,
        status_port: int = 0,
        log: Path | None = None,
        by_hand: bool = False,
        source: Path = Path(__file__).parents[3],
    ) -> None:
        self._source, self._settings, self._secrets = source, settings, secrets
        self._sweep_every, self._intake_port, self._status_port = sweep_every, intake_port, status_port
        self._by_hand = by_hand
        self._ministack = Ministack(folder.resolve(), port, log)
        self._url_servers: list[HttpServer] = []
        self.endpoint = self._ministack.endpoint
        self.client = aws.Clients(self.endpoint)

    def start(self) -> Outputs:
        """Returns when everything runs. Raises StackError; then nothing is left running."""
        try:
            self._ministack.start()
            template, zips = deploy.read_project(self._source)
            self._ministack.wait_until_ready()
            parameters = self._prepare()
            stack_outputs = deploy.deploy(self.client, NAME, template, zips, parameters, self._sweep_every)
            intake = self._serve_url(function(stack_outputs, "intake"), self._intake_port, signed=False)
            status = self._serve_url(function(stack_outputs, "status"), self._status_port, signed=True)
            self.outputs = outputs(stack_outputs, self.endpoint, intake, status)
            bridge.set_consumers(self.client("lambda"), enabled=not self._by_hand)
        except BaseException:
            self.stop()
            raise
        return self.outputs

    def _prepare(self) -> dict[str, str]:
        """Writes what the template needs in the account; returns the parameters of the template."""
        keys = {name: secrets.write_secret(self.client, name, text) for name, text in self._secrets.items()}
        if sender := self._settings.get("mail_from"):
            secrets.verify_sender(self.client, sender)
        named = {setting: name for setting, name in secrets.SETTINGS.items() if name in self._secrets}
        settings = {"aws_endpoint": self._ministack.endpoint, **named, **self._settings}
        return template_parameters(settings, keys[secrets.HUAWEI])

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

    def mails(self) -> list[dict[str, Any]]:
        address = f"{self.endpoint}/_ministack/ses/messages?account={aws.ACCOUNT}"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(address, timeout=10) as answer:
            mails: list[dict[str, Any]] = json.load(answer)["messages"].get(aws.ACCOUNT, [])
        return mails

    def _serve_url(self, name: str, port: int, *, signed: bool) -> str:
        server = FunctionUrl(name, self._invoke, signed).serve(port)
        self._url_servers.append(server)
        return f"{server.url}/"

"""Prints the steps of one drop as they happen in a local stack: bucket, topic, ledger, IMS and mail."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop_cli import render
from imagedrop_cli.output import print_line
from imagedrop_local.local_stack import LocalStack
from imagedrop_local.obs.model import StoreError

POLL_INTERVAL = 0.1  # s
MAIL_TIMEOUT = 15.0  # s


class Stopwatch:
    """Seconds since it was created."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._start


class StepPrinter:
    def __init__(self, local: LocalStack, key: str, elapsed: Stopwatch, *, quiet: bool) -> None:
        self._local, self._key, self._elapsed, self._quiet = local, key, elapsed, quiet
        self._printed: set[str] = set()

    def print_step(self, name: str, text: str) -> None:
        """Prints each step once."""
        if not self._quiet and name not in self._printed:
            print_line(Text.assemble((f"{self._elapsed():5.1f} s  ", "dim"), (f"{name:<11}", "bold"), text))
        self._printed.add(name)

    def wait_for_result(self, timeout: float) -> dict[str, Any] | None:
        """The result file; None if it does not appear within `timeout` seconds. Prints the steps meanwhile."""
        end = self._elapsed() + timeout
        while self._elapsed() < end:
            result = self._read_result()
            for name, text in self._steps():
                self.print_step(name, text)
            if result is not None:
                self.print_step(result["stage"], _outcome(result))
                return result
            time.sleep(POLL_INTERVAL)
        self.print_step("timeout", f"no result after {timeout:.0f} s")
        return None

    def wait_for_mail(self) -> dict[str, Any] | None:
        """The first mail to the owner, which is sent after the result file is written; None after MAIL_TIMEOUT."""
        end = self._elapsed() + MAIL_TIMEOUT
        while self._elapsed() < end:
            if mails := self._local.stack.mails():
                self.print_step("mailed", f"to {mails[0]['To'][0]}")
                return mails[0]
            time.sleep(POLL_INTERVAL)
        return None

    def _steps(self) -> Iterator[tuple[str, str]]:
        assert self._local.cloud is not None
        state = self._local.cloud.state()
        if state["events"].get("sent", 0) >= 2:
            yield "events", "OBS sent the events through SMN to the intake function"
        row = self._row()
        if row is None:
            return
        if row.facts:
            yield "inspected", _facts(row)
            yield "accepted", f"{render.plural(len(row.findings), 'finding')}, no errors"
        if row.job_id:
            yield "importing", f"IMS job {row.job_id}"
        for job in state["jobs"]:
            if job["status"] == "RUNNING" and job["progress"] >= 0.5:
                yield "half-way", f"IMS reports {job['progress']:.0%}"

    def _row(self) -> Drop | None:
        stack = self._local.stack
        ledger = DynamoLedger(stack.client("dynamodb"), stack.outputs.ledger_table)
        return next(iter(ledger.rows_of_key(self._local.bucket, self._key)), None)

    def _read_result(self) -> dict[str, Any] | None:
        assert self._local.cloud is not None
        try:
            with self._local.cloud.store.open(self._local.bucket, object_keys.result_key(self._key)) as file:
                result: dict[str, Any] = json.loads(file.read())
        except StoreError:
            return None
        return result


def _outcome(result: dict[str, Any]) -> str:
    images = ", ".join(image["id"] for image in result["images"])
    return f"image {images}" if images else str(result["reason"]["message"])


def _facts(row: Drop) -> str:
    facts = row.facts or {}
    windows = facts.get("windows") or {}
    parts = (
        " ".join(filter(None, (facts.get("format"), facts.get("variant")))),
        render.size(facts.get("virtual_size")),
        (facts.get("partition_table") or "?").upper(),
        render.plural(len(facts.get("partitions") or ()), "partition"),
        (facts.get("hw_firmware_type") or "?").upper(),
        windows.get("product_name") or ("Windows" if windows else None),
    )
    return ", ".join(part for part in parts if part)

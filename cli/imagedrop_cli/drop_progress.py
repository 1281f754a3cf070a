"""The steps of one drop as they happen, seen from outside: bucket, topic, ledger, IMS and mailbox."""

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
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._began


class StepPrinter:
    def __init__(self, local: LocalStack, key: str, clock: Stopwatch, *, quiet: bool) -> None:
        self._local, self._key, self._clock, self._quiet = local, key, clock, quiet
        self._seen: set[str] = set()

    def tell(self, name: str, what: str) -> None:
        """One line, once."""
        if not self._quiet and name not in self._seen:
            print_line(Text.assemble((f"{self._clock():5.1f} s  ", "dim"), (f"{name:<11}", "bold"), what))
        self._seen.add(name)

    def watch(self, patience: float) -> dict[str, Any] | None:
        """Until there is a result file; None where that takes longer than `patience` seconds."""
        end = self._clock() + patience
        while self._clock() < end:
            result = self._result()
            for name, what in self._steps():
                self.tell(name, what)
            if result is not None:
                self.tell(result["stage"], self._ended(result))
                return result
            time.sleep(POLL_INTERVAL)
        self.tell("stands", f"still, after {patience:.0f} s")
        return None

    def mail(self) -> dict[str, Any] | None:
        """The first mail to the owner; it is sent just after the result file is there."""
        end = self._clock() + MAIL_TIMEOUT
        while self._clock() < end:
            if mails := self._local.stack.mails():
                self.tell("mailed", f"to {mails[0]['To'][0]}")
                return mails[0]
            time.sleep(POLL_INTERVAL)
        return None

    # --- what can be seen ----------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[tuple[str, str]]:
        assert self._local.cloud is not None
        state = self._local.cloud.state()
        if state["events"].get("sent", 0) >= 2:
            yield "events", "OBS told SMN, and SMN pushed them, signed, to the intake"
        row = self._row()
        if row is None:
            return
        if row.facts:
            yield "inspected", _found(row)
            yield "accepted", f"{len(row.findings)} findings, none of them an error"
        if row.job_id:
            yield "importing", f"IMS job {row.job_id}"
        for job in state["jobs"]:
            if job["status"] == "RUNNING" and job["progress"] >= 0.5:
                yield "half-way", f"{job['progress']:.0%} by IMS"

    def _row(self) -> Drop | None:
        stack = self._local.stack
        ledger = DynamoLedger(stack.client("dynamodb"), stack.outputs.ledger_table)
        return next(iter(ledger.rows_of_key(self._local.bucket, self._key)), None)

    def _result(self) -> dict[str, Any] | None:
        assert self._local.cloud is not None
        try:
            with self._local.cloud.store.open(self._local.bucket, object_keys.result_key(self._key)) as file:
                result: dict[str, Any] = json.loads(file.read())
        except StoreError:
            return None
        return result

    def _ended(self, result: dict[str, Any]) -> str:
        images = ", ".join(image["id"] for image in result["images"])
        return f"image {images}" if images else str(result["reason"]["message"])


def _found(row: Drop) -> str:
    facts = row.facts or {}
    windows = facts.get("windows") or {}
    known = (
        " ".join(filter(None, (facts.get("format"), facts.get("variant")))),
        render.size(facts.get("virtual_size")),
        f"{(facts.get('partition_table') or '?').upper()} with {len(facts.get('partitions') or ())} partitions",
        (facts.get("hw_firmware_type") or "?").upper(),
        windows.get("product_name") or ("Windows" if windows else None),
    )
    return ", ".join(one for one in known if one)

"""A local stack in which nothing happens by itself: no event rule, no event source mapping, no schedule that fires.

The test calls the functions one by one, so that two worlds reach the same state.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from imagedrop.adapters.dynamodb.ledger import DynamoLedger
from imagedrop.domain.drop import Drop, drop_id
from imagedrop_local import cloud_connection, simulated_cloud
from imagedrop_local.cloud import Cloud
from imagedrop_local.cloud import Ports as CloudPorts
from imagedrop_local.containers import Relay
from imagedrop_local.faults import Fault
from imagedrop_local.local_stack import LocalStack, Ports
from imagedrop_local.project_paths import SAMPLES
from imagedrop_local.switches import Switches
from tests.sam_local.sqs import Queue

BUCKET, KEY = simulated_cloud.BUCKET, "golden/windows-server-2022.qcow2"
IMAGE = SAMPLES / "windows-server-2022.qcow2"
SIDECAR: dict[str, Any] = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text("utf-8"))
QUEUE_OF = {"validate": "drops", "register": "registrations", "poll": "polls", "notify": "notices"}


class World:
    """`with World(folder, address) as world:`. `address`: this machine's address for containers."""

    cloud: Cloud
    local: LocalStack

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._exit_stack = contextlib.ExitStack()
        self._now = datetime.now(UTC)
        self._mails = 0

    def __enter__(self) -> Self:
        with self._exit_stack:
            self._relays = {
                name: self._exit_stack.enter_context(Relay(self._address)) for name in ("aws", "obs", "ims", "smn")
            }
            self._start_cloud()
            self._exit_stack.callback(lambda: self.cloud.stop())
            self.local = self._exit_stack.enter_context(self._local())
            self._exit_stack = self._exit_stack.pop_all()
        aws = self.local.stack.client
        outputs = self.local.stack.outputs
        self.queues = {name: Queue(aws("sqs"), url) for name, url in outputs.queues.items()}
        self.dead_letters = {name: Queue(aws("sqs"), url) for name, url in outputs.dead_letters.items()}
        self.notices = Queue(aws("sqs"), aws("sqs").create_queue(QueueName="caught")["QueueUrl"])
        aws("sns").subscribe(TopicArn=outputs.notices_topic, Protocol="sqs", Endpoint=self.notices.arn)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exit_stack.close()

    def _start_cloud(self) -> None:
        """Starts an empty cloud, always on the same ports."""
        shutil.rmtree(self._folder / "cloud", ignore_errors=True)
        self._now = datetime.now(UTC)
        self.cloud = Cloud(
            self._folder / "cloud",
            credentials=(simulated_cloud.ACCESS_KEY, simulated_cloud.SECRET_KEY),
            ports=CloudPorts(*(self._relays[name].port for name in ("obs", "ims", "smn"))),
            region=cloud_connection.REGION,
            project_id=cloud_connection.PROJECT_ID,
            switches=Switches(obs_copied_in_events=False),
            time_scale=1,
            clock=lambda: self._now,
        ).start()
        self.cloud.smn.origin = self._relays["smn"].url
        self._connection = simulated_cloud.connection_to(self.cloud, BUCKET)

    def _local(self) -> LocalStack:
        obs, ims, smn = (self._relays[name].url for name in ("obs", "ims", "smn"))
        return LocalStack(
            self._folder / "stack",
            ports=Ports(aws=self._relays["aws"].port),
            elsewhere=replace(self._connection, obs_endpoint=obs, ims_endpoint=ims, smn_endpoint=smn),
            settings={
                "aws_endpoint": self._relays["aws"].url,
                "installation": "sam-local",  # the same in both worlds
                "poll_longest": 1,
            },
            by_hand=True,
        )

    # --- preparing a state ---------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Deletes everything and resets the counts of calls."""
        self.cloud.stop()
        self._start_cloud()
        for queue in (*self.queues.values(), *self.dead_letters.values(), self.notices):
            queue.purge()
        self.clear_ledger()
        self._mails = len(self.local.stack.mails())

    def put(self, key: str, body: bytes | Mapping[str, Any]) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.cloud.store.put(BUCKET, key, content)

    def put_image(self) -> None:
        self.put(KEY, IMAGE.read_bytes())

    def drop(self, **sidecar: Any) -> None:
        """Puts the sample image and its sidecar with these fields changed, without an event."""
        self.put_image()
        self.put(KEY + ".json", SIDECAR | sidecar)

    def run_once(self, function: str) -> None:
        """Does what the function's event source mapping would do once."""
        queue = self.queues[QUEUE_OF[function]]
        records = queue.receive()
        queue.apply_response(records, self.local.stack.invoke(function, {"Records": records}))

    def advance_to(self, stage: str) -> None:
        """Runs the functions until the drop is `accepted`, `importing` or ended."""
        self.queues["drops"].send({"bucket": BUCKET, "key": KEY})
        for function in ("validate", "register", "poll"):
            if self.row().stage == stage:
                return
            self.run_once(function)
            self.wait_until_due()
        if self.row().stage != stage:
            raise RuntimeError(f"the drop is {self.row().stage}, not {stage}: {self.row().reason}")

    def wait_until_due(self) -> None:
        """Waits until the drop's next step is due."""
        if (at := self.row().next_at) is not None:
            time.sleep(max(0.0, (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds() + 0.05))

    def advance_clock(self, seconds: float) -> None:
        """Moves the clock of the simulated cloud. It stands still otherwise, so a slow container has no effect. A few
        minutes in all at most, because signatures expire after 15."""
        self._now += timedelta(seconds=seconds)

    def force_cold_start(self, function: str) -> None:
        """Makes the function's next call a cold start, as in its container."""
        name = self.local.stack.outputs.functions[function]
        self.local.stack.client("lambda").update_function_configuration(
            FunctionName=name, Description=f"as of {time.time()}"
        )

    def fault(self, service: str, call: str, fault: str, **more: Any) -> None:
        self.cloud.faults.add(Fault.model_validate({"service": service, "call": call, "fault": fault, **more}))

    def clear_ledger(self) -> None:
        for item in self.items():
            self._ledger.delete_item(TableName=self._table, Key={"pk": item["pk"]})

    # --- reading the state ---------------------------------------------------------------------------------------

    @property
    def etag(self) -> str:
        head = self.cloud.store.head(BUCKET, KEY)
        return head.etag if head else ""

    def row(self) -> Drop:
        """The drop's row, or a new one if the ledger has none."""
        name = drop_id(BUCKET, KEY, self.etag)
        found = DynamoLedger(self._ledger, self._table).get(name)
        return found or Drop(drop_id=name, bucket=BUCKET, key=KEY, received_at="", updated_at="", deadline_at="")

    def items(self) -> Iterable[dict[str, Any]]:
        pages = self._ledger.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def objects(self) -> dict[str, bytes]:
        store = self.cloud.store
        return {stored.key: store.open(BUCKET, stored.key).read() for stored in store.list(BUCKET).objects}

    def mails(self) -> list[dict[str, Any]]:
        return self.local.stack.mails()[self._mails :]

    @property
    def _table(self) -> str:
        return self.local.stack.outputs.ledger_table

    @property
    def _ledger(self) -> Any:
        return self.local.stack.client("dynamodb")

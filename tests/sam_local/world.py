"""A local stack in which nothing moves by itself: no event rule, no event source mapping, no schedule that would fire.

What would feed a function is done here, step by step, so that two worlds can be brought to the same state.
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
from imagedrop_local import wiring
from imagedrop_local.cloud import Cloud
from imagedrop_local.cloud import Ports as CloudPorts
from imagedrop_local.faults import Fault
from imagedrop_local.local_stack import LocalStack, Ports
from imagedrop_local.project_paths import SAMPLES
from imagedrop_local.switches import Switches
from tests.sam_local.relay import Relay
from tests.sam_local.sqs import Queue

BUCKET, KEY = wiring.BUCKET, "golden/windows-server-2022.qcow2"
IMAGE = SAMPLES / "windows-server-2022.qcow2"
SIDECAR: dict[str, Any] = json.loads((SAMPLES / "windows-server-2022.qcow2.json").read_text("utf-8"))
FED = {"validate": "drops", "register": "registrations", "poll": "polls", "notify": "notices"}


class World:
    """`with World(folder, address) as world:`. `address`: where containers reach this machine."""

    cloud: Cloud
    local: LocalStack

    def __init__(self, folder: Path, address: str) -> None:
        self._folder, self._address = folder, address
        self._exits = contextlib.ExitStack()
        self._now = datetime.now(UTC)
        self._mails = 0

    def __enter__(self) -> Self:
        with self._exits:
            self._relays = {
                name: self._exits.enter_context(Relay(self._address)) for name in ("aws", "obs", "ims", "smn")
            }
            self._start_cloud()
            self._exits.callback(lambda: self.cloud.stop())
            self.local = self._exits.enter_context(self._local())
            self._exits = self._exits.pop_all()
        aws = self.local.stack.client
        for mapping in aws("lambda").list_event_source_mappings()["EventSourceMappings"]:
            aws("lambda").update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        outputs = self.local.stack.outputs
        self.queues = {name: Queue(aws("sqs"), url) for name, url in outputs.queues.items()}
        self.dead_letters = {name: Queue(aws("sqs"), url) for name, url in outputs.dead_letters.items()}
        self.caught = Queue(aws("sqs"), aws("sqs").create_queue(QueueName="caught")["QueueUrl"])
        aws("sns").subscribe(TopicArn=outputs.notices_topic, Protocol="sqs", Endpoint=self.caught.arn)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._exits.close()

    def _start_cloud(self) -> None:
        """An empty one, at the same ports each time."""
        shutil.rmtree(self._folder / "cloud", ignore_errors=True)
        self._now = datetime.now(UTC)
        self.cloud = Cloud(
            self._folder / "cloud",
            credentials=(wiring.ACCESS_KEY, wiring.SECRET_KEY),
            ports=CloudPorts(*(self._relays[name].port for name in ("obs", "ims", "smn"))),
            region=wiring.REGION,
            project_id=wiring.PROJECT_ID,
            switches=Switches(obs_copied_in_events=False),
            time_scale=1,
            clock=lambda: self._now,
        ).start()
        self.cloud.smn.origin = self._relays["smn"].url
        self._cloud_wired = wiring.simulator_connection(self.cloud, BUCKET)

    def _local(self) -> LocalStack:
        obs, ims, smn = (self._relays[name].url for name in ("obs", "ims", "smn"))
        return LocalStack(
            self._folder / "stack",
            ports=Ports(aws=self._relays["aws"].port),
            elsewhere=replace(self._cloud_wired, obs_endpoint=obs, ims_endpoint=ims, smn_endpoint=smn),
            parameters={"AwsEndpoint": self._relays["aws"].url, "SweepRate": "rate(1 day)", "PollLongest": "1"},
        )

    # --- a state is prepared -------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Nothing lies anywhere, nothing was ever called."""
        self.cloud.stop()
        self._start_cloud()
        for queue in (*self.queues.values(), *self.dead_letters.values(), self.caught):
            queue.purge()
        self.forget_ledger()
        self._mails = len(self.local.stack.mails())

    def put(self, key: str, body: bytes | Mapping[str, Any]) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.cloud.store.put(BUCKET, key, content)

    def put_image(self) -> None:
        self.put(KEY, IMAGE.read_bytes())

    def drop(self, **sidecar: Any) -> None:
        """The sample image and its sidecar, with these fields changed; no event tells of it."""
        self.put_image()
        self.put(KEY + ".json", SIDECAR | sidecar)

    def step(self, function: str) -> None:
        """What the function's event source mapping would do once."""
        queue = self.queues[FED[function]]
        records = queue.receive()
        queue.settle(records, self.local.stack.invoke(function, {"Records": records}))

    def until(self, stage: str) -> None:
        """Brings the drop to `accepted`, `importing` or an end, by the functions in the stack."""
        self.queues["drops"].send({"bucket": BUCKET, "key": KEY})
        for function in ("validate", "register", "poll"):
            if self.row().stage == stage:
                return
            self.step(function)
            self.due()
        if self.row().stage != stage:
            raise RuntimeError(f"the drop is {self.row().stage}, not {stage}: {self.row().reason}")

    def due(self) -> None:
        """Waits until the drop's next step is due."""
        if (at := self.row().next_at) is not None:
            time.sleep(max(0.0, (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds() + 0.05))

    def later(self, seconds: float) -> None:
        """In the simulated cloud, whose clock stands still otherwise: how long a container takes does not show there.
        At most some minutes in all, for signatures live no longer than 15."""
        self._now += timedelta(seconds=seconds)

    def cool(self, function: str) -> None:
        """The function's next call is a cold start, as every call of its container is."""
        name = self.local.stack.outputs.functions[function]
        self.local.stack.client("lambda").update_function_configuration(
            FunctionName=name, Description=f"as of {time.time()}"
        )

    def fault(self, service: str, call: str, fault: str, **more: Any) -> None:
        self.cloud.faults.add(Fault.model_validate({"service": service, "call": call, "fault": fault, **more}))

    def forget_ledger(self) -> None:
        for item in self.items():
            self._ledger.delete_item(TableName=self._table, Key={"pk": item["pk"]})

    # --- what is there -------------------------------------------------------------------------------------------

    @property
    def etag(self) -> str:
        head = self.cloud.store.head(BUCKET, KEY)
        return head.etag if head else ""

    def row(self) -> Drop:
        """The drop's row, or a new one where the ledger has none."""
        name = drop_id(BUCKET, KEY, self.etag)
        found = DynamoLedger(self._ledger, self._table).get(name)
        return found or Drop(drop_id=name, bucket=BUCKET, key=KEY, received_at="", updated_at="", deadline_at="")

    def items(self) -> Iterable[dict[str, Any]]:
        pages = self._ledger.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def objects(self) -> dict[str, bytes]:
        store = self.cloud.store
        return {one.key: store.open(BUCKET, one.key).read() for one in store.list(BUCKET).objects}

    def mails(self) -> list[dict[str, Any]]:
        return self.local.stack.mails()[self._mails :]

    @property
    def _table(self) -> str:
        return self.local.stack.outputs.ledger_table

    @property
    def _ledger(self) -> Any:
        return self.local.stack.client("dynamodb")

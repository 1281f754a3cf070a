"""A bucket that others have used before imagedrop was started on it. What lay there is no drop until it is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from imagedrop.common.timestamps import add_seconds
from imagedrop.domain import object_keys
from imagedrop.workflow.bucket_records.installation import BEFORE_START
from imagedrop_local.memory import MemoryPorts
from tests.simulation.checks.history_record import HistoryRecord
from tests.simulation.fault_rates import FaultRates
from tests.simulation.workload import FOLDER, Action, contents
from tests.support.world import BUCKET

PAIR, ALONE, ADOPTED = (f"{FOLDER}old-{name}.qcow2" for name in ("pair", "alone", "adopted"))
OLD_FILES = {PAIR: "first", PAIR + ".json": "good", ALONE: "second", ADOPTED: "first"}


def fill(ports: MemoryPorts, random: Random) -> None:
    """Before the bucket is taken."""
    files = ports.objects._bucket(BUCKET).objects
    for key, content in OLD_FILES.items():
        etag, body = contents()[content]
        head = ports.objects.upload(BUCKET, key, body, etag=etag)
        age = BEFORE_START + random.choice((1, 60, 86_400, 1e7))
        files[key] = replace(head, last_modified=_second(add_seconds(head.last_modified, -age))), files[key][1]


def draw_actions(random: Random, rates: FaultRates) -> Iterator[Action]:
    """One of the old images gets a sidecar."""
    yield Action(random.random() * rates.faults_end, "put", ADOPTED + ".json", random.choice(("good", "bad")))


def check_untouched(record: HistoryRecord) -> None:
    """imagedrop has left the pair and the image alone, and told nobody of them."""
    keys = record.ports.objects.keys(BUCKET)
    for key in (PAIR, ALONE):
        if [file for file in (key, key + ".json") if record.uploads[file]]:
            continue
        rows = [*record.ports.ledger.rows_of_key(BUCKET, key)]
        if rows or object_keys.result_key(key) in keys or any(key in mail.text for mail in record.ports.mail.sent):
            record.fail(f"{key} lay in the bucket before, and is a drop")


def _second(time: str) -> str:
    return f"{time[:19]}Z"

"""What must hold when nothing is left to do."""

from __future__ import annotations

import json

from imagedrop.domain import object_keys
from imagedrop.workflow.bucket_records import file_versions
from tests.simulation.checks.history_record import HistoryRecord
from tests.support.world import BUCKET


def check_final_state(record: HistoryRecord) -> None:
    keys = record.ports.objects.keys(BUCKET)
    for key in keys:
        lay_there_before = not record.uploads[key] and not record.uploads[object_keys.sidecar_key(key)]
        if not (object_keys.is_ours(key) or key.endswith(object_keys.SIDECAR_SUFFIX) or lay_there_before):
            _check_ended(record, key, keys)
    claims = [key for key in keys if object_keys.is_claim(key)]
    if claims:
        record.fail(f"claims are left: {claims}")


def _check_ended(record: HistoryRecord, key: str, keys: list[str]) -> None:
    head = record.head(key)
    assert head is not None
    drop_id = record.drop_id(head)
    markers = f"{object_keys.END_MARKERS}{drop_id}/"
    digest = file_versions.version_digest(key, file_versions.version_of(head))
    read_by_another = any(
        digest in marker
        for marker in keys
        if marker.startswith(object_keys.END_MARKERS) and not marker.startswith(markers)
    )
    named_as_part = read_by_another or bool(record.ports.ledger.images_naming_part(BUCKET, key))
    if named_as_part and record.head(object_keys.sidecar_key(key)) is None:
        return  # a data file of another drop
    row = record.ports.ledger.get(drop_id)
    if record.head(object_keys.sidecar_key(key)) is None and (row is None or row.parked):
        return  # without a sidecar it is no drop
    if any(marker.startswith(markers) for marker in keys):
        if key not in record.undone:  # for a version that is back, its own end counts, but no result file is written
            _check_result(record, key, drop_id)
        return
    record.fail(f"{key} is in the bucket and its drop {drop_id[:6]} is {row.stage if row else 'unknown'}")


def _check_result(record: HistoryRecord, key: str, drop_id: str) -> None:
    body = record.ports.objects.body(BUCKET, object_keys.result_key(key))
    result = json.loads(body) if body else {}
    if result.get("drop_id") != drop_id:
        record.fail(f"the result file of {key} is about {str(result.get('drop_id'))[:6]}, not about {drop_id[:6]}")

"""What every drop is doing, or one drop's whole story."""

from __future__ import annotations

from typing import Any

from imagedrop import drop as drops
from imagedrop.drop import Drop
from imagedrop.ports import Ports


def overview(ports: Ports) -> list[dict[str, Any]]:
    """Every drop that is on its way, the oldest first."""
    rows = sorted(ports.ledger.open(), key=lambda row: row.received_at)
    return [line(row) for row in rows]


def line(row: Drop) -> dict[str, Any]:
    return {
        "drop_id": row.drop_id,
        "bucket": row.bucket,
        "key": row.key,
        "stage": row.stage,
        "attempt": row.attempt,
        "received_at": row.received_at,
        "updated_at": row.updated_at,
        "next_at": row.next_at,
        "missing": list(row.missing),
        "behind": row.behind,
        "held": row.held.model_dump() if row.held else None,
        "job_id": row.job_id,
        "images": [image.model_dump() for image in row.images],
        "reason": row.reason.model_dump() if row.reason else None,
    }


def story(ports: Ports, bucket: str, key: str) -> dict[str, Any] | None:
    """The whole row of the drop at `key` as it lies there now (or of the sidecar that waits for it)."""
    row = find(ports, bucket, key)
    return row.model_dump(mode="json") if row else None


def find(ports: Ports, bucket: str, key: str) -> Drop | None:
    head = ports.objects.head(bucket, key)
    row = ports.ledger.get(drops.drop_id(bucket, key, head.etag)) if head else None
    return row or ports.ledger.get(drops.waiting_id(bucket, key))

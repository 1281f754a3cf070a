"""What every drop is doing, or one drop's whole story."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports


def overview(ports: Ports) -> list[dict[str, Any]]:
    """Every drop that is on its way, the oldest first."""
    rows = sorted(ports.ledger.open(), key=lambda row: row.received_at)
    return [summary(row) for row in rows]


def summary(row: Drop) -> dict[str, Any]:
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
        "behind": row.blocked_by,
        "held": row.held.model_dump() if row.held else None,
        "job_id": row.job_id,
        "images": [image.model_dump() for image in row.images],
        "reason": row.reason.model_dump() if row.reason else None,
    }


def rows_of_key(ports: Ports, bucket: str, key: str) -> list[dict[str, Any]]:
    """The whole rows of every content that lay at `key`, the newest first, and of a sidecar that waits for it."""
    return [row.model_dump(mode="json") for row in newest_first(ports, bucket, key)]


def newest_first(ports: Ports, bucket: str, key: str) -> list[Drop]:
    return sorted(ports.ledger.rows_of_key(bucket, key), key=lambda row: row.updated_at, reverse=True)

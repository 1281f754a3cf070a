"""What every open drop is doing, or everything about the drops of one key."""

from __future__ import annotations

from typing import Any

from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports


def overview(ports: Ports) -> list[dict[str, Any]]:
    """A summary of every open drop, oldest first."""
    rows = sorted(ports.ledger.open(), key=lambda row: row.received_at)
    return [summary(row) for row in rows]


def summary(row: Drop) -> dict[str, Any]:
    """The names are public: `imagedrop status --json` prints them."""
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
    """Every row of the image key, of each content that it had and of a sidecar without image, newest first."""
    return [row.model_dump(mode="json") for row in newest_first(ports, bucket, key)]


def newest_first(ports: Ports, bucket: str, key: str) -> list[Drop]:
    return sorted(ports.ledger.rows_of_key(bucket, key), key=lambda row: row.updated_at, reverse=True)

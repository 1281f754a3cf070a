"""The ledger's index `open` in DynamoDB: hash key `open` (Drop.open_index_partition), range key `updated_at`.

It contains only unfinished rows, which keeps it small. It has their `key`, `parts`, `tasks` and `deadline_at`
(template.yaml: NonKeyAttributes), and is eventually consistent.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, get_args

from imagedrop.adapters.dynamodb.items import Item, from_dynamodb, to_drop
from imagedrop.adapters.dynamodb.notes import DynamoNotes
from imagedrop.domain.drop import Drop, OpenIndexPartition
from imagedrop.observability import LOG
from imagedrop.ports import QueuedDrop

INDEX = "open"
PARTITIONS: tuple[OpenIndexPartition, ...] = get_args(OpenIndexPartition)
QUEUED_ATTRIBUTES = ("pk", "key", "parts", "tasks", "deadline_at")


class DynamoIndex(DynamoNotes):
    def get(self, drop_id: str) -> Drop | None:
        item = self._item(drop_id)
        return to_drop(item) if item else None

    def open(self, *, queued: bool = True) -> Iterator[Drop]:
        """Oldest first, each once, with the current row. Unreadable rows are logged and left out."""
        returned: set[str] = set()  # a row that is saved meanwhile appears again at the end of the index
        partitions = [partition for partition in PARTITIONS if queued or partition != "queued"]
        pages = [self._query(partition, ("pk", "updated_at")) for partition in partitions]
        for item in heapq.merge(*pages, key=lambda item: str(item["updated_at"])):
            row = None if item["pk"] in returned else self._get_readable(item["pk"])
            returned.add(item["pk"])
            if row is not None and row.open and (queued or row.open_index_partition != "queued"):
                yield row

    def _get_readable(self, drop_id: str) -> Drop | None:
        try:
            return self.get(drop_id)
        except (ValueError, TypeError):  # errors of pydantic and json are ValueErrors
            LOG.exception("ledger row cannot be read", extra={"drop_id": drop_id})
            return None

    def tasks_in_progress(self) -> Mapping[str, int]:
        return {item["pk"]: int(item["tasks"]) for item in self._query("working", ("pk", "tasks"))}

    def queued(self, limit: int | None = None) -> list[QueuedDrop]:
        return [_queued(item) for item in islice(self._query("queued", QUEUED_ATTRIBUTES, limit), limit)]

    def _query(self, partition: OpenIndexPartition, names: tuple[str, ...], limit: int | None = None) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#open = :partition",
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={"#open": INDEX} | {f"#{name}": name for name in names},
            ExpressionAttributeValues={":partition": {"S": partition}},
            PaginationConfig={"PageSize": limit},
        )
        return (from_dynamodb(item) for page in pages for item in page["Items"])


def _queued(item: Mapping[str, Any]) -> QueuedDrop:
    parts = tuple(item.get("parts", ()))
    return QueuedDrop(item["pk"], item["key"], parts, int(item["tasks"]), item["deadline_at"])

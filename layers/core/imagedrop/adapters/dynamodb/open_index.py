"""The ledger's index `open` in DynamoDB: hash `open`, a row's place (Drop.place), and range `updated_at`.

Only rows that somebody has to do something about are in it, so it costs what these cost. It carries their `key`,
`parts`, `tasks` and `deadline_at` (template.yaml: NonKeyAttributes), and lags a little behind the table.
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
        """Oldest first, each once, read anew when its turn comes. A row that cannot be read harms no other."""
        seen: set[str] = set()  # a row that is saved meanwhile comes by again at the end of the index
        places = [place for place in PARTITIONS if queued or place != "queued"]
        shown = [self._indexed(place, ("pk", "updated_at")) for place in places]
        for item in heapq.merge(*shown, key=lambda item: str(item["updated_at"])):
            row = None if item["pk"] in seen else self._readable(item["pk"])
            seen.add(item["pk"])
            if row is not None and row.open and (queued or row.open_index_partition != "queued"):
                yield row

    def _readable(self, drop_id: str) -> Drop | None:
        try:
            return self.get(drop_id)
        except (ValueError, TypeError):  # pydantic's and json's own are ValueErrors
            LOG.exception("a row of the ledger cannot be read", extra={"drop_id": drop_id})
            return None

    def tasks_in_progress(self) -> Mapping[str, int]:
        return {item["pk"]: int(item["tasks"]) for item in self._indexed("working", ("pk", "tasks"))}

    def queued(self, limit: int | None = None) -> list[QueuedDrop]:
        return [_queued(item) for item in islice(self._indexed("queued", QUEUED_ATTRIBUTES, limit), limit)]

    def _indexed(self, place: OpenIndexPartition, names: tuple[str, ...], limit: int | None = None) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#open = :place",
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={"#open": INDEX} | {f"#{name}": name for name in names},
            ExpressionAttributeValues={":place": {"S": place}},
            PaginationConfig={"PageSize": limit},
        )
        return (from_dynamodb(item) for page in pages for item in page["Items"])


def _queued(item: Mapping[str, Any]) -> QueuedDrop:
    parts = tuple(item.get("parts", ()))
    return QueuedDrop(item["pk"], item["key"], parts, int(item["tasks"]), item["deadline_at"])

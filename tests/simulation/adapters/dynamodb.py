"""DynamoDB as the ledger's adapter uses it, answered from the ledger in memory. Other requests raise LookupError."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from imagedrop.adapters.dynamodb.items import Item, from_dynamodb, to_drop, to_dynamodb, to_row
from imagedrop.domain.drop import Drop
from imagedrop.ports import Conflict, KeyTaken
from imagedrop_local.memory import MemoryLedger
from tests.simulation.adapters.messages import Answer, Asked, json_answer

FAILED = "ConditionalCheckFailed"
COUNT = ("SET #expires = :until ADD #counted :one", "attribute_not_exists(#counted) OR #counted < :most")


class DynamoDb:
    def __init__(self, ledger: MemoryLedger) -> None:
        self._ledger = ledger

    def answer(self, asked: Asked) -> Answer:
        request = asked.json()
        try:
            return json_answer(getattr(self, "_" + asked.headers["X-Amz-Target"].partition(".")[2])(request))
        except (Conflict, _ConditionFailed):
            return _error(FAILED + "Exception")
        except _Cancelled as cancelled:
            reasons = [{"Code": code} for code in cancelled.args]
            return _error("TransactionCanceledException", CancellationReasons=reasons)

    def _GetItem(self, request: Item) -> Item:  # noqa: N802 - named as DynamoDB names it
        assert request["ConsistentRead"]
        item = self._item(request["Key"]["pk"]["S"])
        return {"Item": to_dynamodb(item)} if item else {}

    def _item(self, pk: str) -> Item | None:
        kind, _, name = pk.partition(":")
        bucket, _, key = name.partition("/")
        if kind == "note":
            note = self._ledger.load(name)
            return None if note is None else {"pk": pk, "note": json.dumps(note)}
        if kind == "live":
            holder = self._ledger.live().get((bucket, key))
            return {"pk": pk, "drop_id": holder} if holder else None
        if kind == "key":
            drops = {row.drop_id for row in self._ledger.rows_of_key(bucket, key)}
            return {"pk": pk, "drops": drops} if drops else None
        if kind == "part":
            images = set(self._ledger.images_naming_part(bucket, key))
            return {"pk": pk, "images": images} if images else None
        row = self._ledger.get(pk)
        return to_row(row) if row else None

    def _PutItem(self, request: Item) -> Item:  # noqa: N802
        item = from_dynamodb(request["Item"])
        if item["pk"].startswith("note:"):
            self._ledger.store(item["pk"].removeprefix("note:"), json.loads(item["note"]))
            return {}
        written = to_drop(item)
        saved = self._ledger.save(written.model_copy(update={"revision": _revision_read(request)}))
        assert saved == written, "the row that is stored is not the one that was saved"
        return {}

    def _DeleteItem(self, request: Item) -> Item:  # noqa: N802
        pk = request["Key"]["pk"]["S"]
        if pk.startswith("live:"):
            assert request["ConditionExpression"] == "drop_id = :drop"
            bucket, _, key = pk.removeprefix("live:").partition("/")
            drop: Any = SimpleNamespace(bucket=bucket, key=key, drop_id=_value(request, ":drop"))
            if self._ledger.live().get((bucket, key)) != drop.drop_id:
                raise _ConditionFailed
            self._ledger.release_key(drop)
            return {}
        self._ledger.delete(self._row_read(request))
        return {}

    def _UpdateItem(self, request: Item) -> Item:  # noqa: N802
        kind, _, name = request["Key"]["pk"]["S"].partition(":")
        if kind == "count":
            assert (request["UpdateExpression"], request["ConditionExpression"]) == COUNT
            until = datetime.fromtimestamp(int(_value(request, ":until")), UTC)
            if not self._ledger.count(name, int(_value(request, ":most")), until):
                raise _ConditionFailed
            return {}
        assert request["UpdateExpression"] == "ADD #set :members"
        bucket, _, key = name.partition("/")
        members = set(_value(request, ":members"))
        if kind == "part":
            for member in members:
                self._ledger.record_part(bucket, key, member)
        attribute = request["ExpressionAttributeNames"]["#set"]
        members |= (self._item(request["Key"]["pk"]["S"]) or {}).get(attribute, set())
        return {"Attributes": to_dynamodb({attribute: members})}

    def _TransactWriteItems(self, request: Item) -> Any:  # noqa: N802
        put, live, *checks = request["TransactItems"]
        assert live["Put"]["ConditionExpression"].startswith("attribute_not_exists(pk) OR drop_id IN (:0")
        written = to_drop(from_dynamodb(put["Put"]["Item"]))
        read = written.model_copy(update={"revision": _revision_read(put["Put"])})
        over = self._row_read(checks[0]["ConditionCheck"]) if checks else None
        try:
            assert self._ledger.accept(read, over) == written
        except Conflict:
            raise _Cancelled(FAILED, *["None"] * (1 + len(checks))) from None
        except KeyTaken:
            raise _Cancelled("None", FAILED, *["None"] * len(checks)) from None
        return {}

    def _Query(self, request: Item) -> Item:  # noqa: N802
        names, partition = set(request["ExpressionAttributeNames"].values()), _value(request, ":partition")
        found: list[Item]
        if "updated_at" in names:
            rows = [row for row in self._ledger.open() if row.open_index_partition == partition]
            found = [{"pk": row.drop_id, "updated_at": row.updated_at} for row in rows]
        elif partition == "working":
            found = [{"pk": pk, "tasks": tasks} for pk, tasks in self._ledger.tasks_in_progress().items()]
        else:
            queued = self._ledger.queued(request.get("Limit"))
            found = [
                {"pk": drop.drop_id, "key": drop.key, "tasks": drop.tasks, "deadline_at": drop.deadline_at}
                | ({"parts": list(drop.parts)} if drop.parts else {})
                for drop in queued
            ]
        return {"Items": [to_dynamodb(item) for item in found], "Count": len(found)}

    def _row_read(self, request: Item) -> Drop:
        """The row as the writer read it."""
        row = self._ledger.get(request["Key"]["pk"]["S"])
        if row is None:
            raise _ConditionFailed
        return row.model_copy(update={"revision": _revision_read(request)})


class _ConditionFailed(Exception):
    pass


class _Cancelled(Exception):
    """`args`: the codes of the reasons."""


def _revision_read(request: Item) -> int:
    """Of the two conditions of `items.if_unchanged`."""
    if request["ConditionExpression"] == "attribute_not_exists(pk)":
        return 0
    assert request["ConditionExpression"] == "#revision = :read"
    return int(_value(request, ":read"))


def _value(request: Item, name: str) -> Any:
    return from_dynamodb(request["ExpressionAttributeValues"])[name]


def _error(code: str, **more: Any) -> Answer:
    return json_answer({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "simulated", **more}, 400)

"""The ledger in DynamoDB: one table, key `pk`, index `open` (open_index.py).

pk                         other attributes
<drop id>                  the row: `revision`, `stage` ..., and while it is open the attributes of the index
live:<bucket>/<key>        `drop_id`: the drop that holds the key
key:<bucket>/<key>         `drops` (string set): the drops of this key (sets.py)
part:<bucket>/<key>        `images` (string set): the images whose sidecars name this file (sets.py)
note:<name> count:<name>   see notes.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from imagedrop.adapters.dynamodb.items import Item, if_unchanged, live_key_pk, to_dynamodb, to_row
from imagedrop.adapters.dynamodb.notes import CONDITION_FAILED
from imagedrop.adapters.dynamodb.sets import DynamoSets
from imagedrop.domain.drop import Drop, with_next_revision
from imagedrop.ports import Conflict, KeyTaken, ServiceError

CONFLICT_CODES = (CONDITION_FAILED, "TransactionConflictException")
CONFLICT_REASONS = ("ConditionalCheckFailed", "TransactionConflict")  # the same in a cancelled transaction


class DynamoLedger(DynamoSets):
    """`client`: an AwsClient of DynamoDB. Every method may raise ServiceError."""

    def save(self, drop: Drop) -> Drop:
        recorded = self._record_drop_of_key(drop)
        saved = with_next_revision(drop)
        with _raising_conflict(drop):
            self._client.put_item(**self._put_row(saved, drop))
        self._bound_drops_of_key(drop, recorded)
        return saved

    def delete(self, drop: Drop) -> None:
        with _raising_conflict(drop):
            self._client.delete_item(**self._at(drop.drop_id), **if_unchanged(drop))

    def accept(self, drop: Drop, over: Drop | None = None) -> Drop:
        recorded = self._record_drop_of_key(drop)
        saved = with_next_revision(drop)
        writes: list[dict[str, Any]] = [{"Put": self._put_row(saved, drop)}, {"Put": self._put_live_key(drop, over)}]
        if over is not None and over.drop_id != drop.drop_id:
            writes.append({"ConditionCheck": {**self._at(over.drop_id), **if_unchanged(over)}})
        try:
            self._client.transact_write_items(TransactItems=writes)
        except ServiceError as error:
            response = getattr(error.__cause__, "response", None) or {}  # None: there was no answer
            reasons = response.get("CancellationReasons", ())
            conflict = self._conflict(reasons, drop)
            if conflict is None:
                raise
            raise conflict from error
        self._bound_drops_of_key(drop, recorded)
        return saved

    def release_key(self, drop: Drop) -> None:
        try:
            self._client.delete_item(
                **self._at(live_key_pk(drop)),
                ConditionExpression="drop_id = :drop",
                ExpressionAttributeValues={":drop": {"S": drop.drop_id}},
            )
        except ServiceError as error:
            if error.code != CONDITION_FAILED:
                raise

    def _put_row(self, saved: Drop, read: Drop) -> Item:
        return {"TableName": self._table, "Item": to_dynamodb(to_row(saved)), **if_unchanged(read)}

    def _put_live_key(self, drop: Drop, over: Drop | None) -> Item:
        holders = {drop.drop_id, over.drop_id if over is not None else drop.drop_id}
        values = {f":{number}": {"S": holder} for number, holder in enumerate(sorted(holders))}
        return {
            "TableName": self._table,
            "Item": to_dynamodb({"pk": live_key_pk(drop), "drop_id": drop.drop_id}),
            "ConditionExpression": f"attribute_not_exists(pk) OR drop_id IN ({', '.join(values)})",
            "ExpressionAttributeValues": values,
        }

    def _conflict(self, reasons: Sequence[Mapping[str, Any]], drop: Drop) -> Conflict | KeyTaken | None:
        """None: the cause was not another writer. The first reason is of the row, the others of the key."""
        conflicts = [reason.get("Code") in CONFLICT_REASONS for reason in reasons]
        if not any(conflicts):
            return None
        holder = self._item(live_key_pk(drop))
        if conflicts[0] or holder is None or holder["drop_id"] == drop.drop_id:
            return Conflict(f"{drop.drop_id}: not accepted, {[reason.get('Code') for reason in reasons]}")
        return KeyTaken(str(holder["drop_id"]))


@contextmanager
def _raising_conflict(drop: Drop) -> Iterator[None]:
    try:
        yield
    except ServiceError as error:
        if error.code not in CONFLICT_CODES:
            raise
        raise Conflict(f"{drop.drop_id}: {error}") from error

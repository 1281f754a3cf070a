"""The ledger's sets in DynamoDB: the drops that a key had, and the images whose sidecars name a file.

Both are bounded, because DynamoDB refuses items of more than 400 KB, and because each id costs a read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imagedrop.adapters.dynamodb.items import from_dynamodb
from imagedrop.adapters.dynamodb.open_index import DynamoIndex
from imagedrop.domain.drop import Drop
from imagedrop.ports import KEPT_OF_KEY

MOST = 2 * KEPT_OF_KEY  # members of a set; the longest keys make that about 200 KB
MOST_READ = 3 * KEPT_OF_KEY  # rows read at once to make a set smaller; sets of older versions may be much larger


class DynamoSets(DynamoIndex):
    def rows_of_key(self, bucket: str, key: str) -> Iterator[Drop]:
        rows = (self.get(drop_id) for drop_id in self._members(f"key:{bucket}/{key}", "drops"))
        return (row for row in rows if row is not None)

    def record_part(self, bucket: str, part: str, image_key: str) -> None:
        pk = f"part:{bucket}/{part}"
        images = self._add(pk, "images", image_key)
        if len(images) > MOST:
            self._remove(pk, "images", [image for image in images if image != image_key][KEPT_OF_KEY:])

    def images_naming_part(self, bucket: str, part: str) -> Sequence[str]:
        return self._members(f"part:{bucket}/{part}", "images")

    def _record_drop_of_key(self, drop: Drop) -> Sequence[str]:
        """All ids of the key. Called before the first save of a row, so that `rows_of_key` misses none. An id without a
        row is harmless."""
        return () if drop.revision else self._add(_key_pk(drop), "drops", drop.drop_id)

    def _bound_drops_of_key(self, drop: Drop, recorded: Sequence[str]) -> None:
        """Called after the first save of a row, with all ids of its key."""
        if len(recorded) > MOST:
            self._remove(_key_pk(drop), "drops", self._old_drops(recorded))
        if len(recorded) > KEPT_OF_KEY:  # another worker may have removed the id before it had a row
            self._add(_key_pk(drop), "drops", drop.drop_id)

    def _old_drops(self, drop_ids: Sequence[str]) -> list[str]:
        rows = {drop_id: self._get_readable(drop_id) for drop_id in drop_ids[:MOST_READ]}
        closed = {drop_id: row.updated_at if row else "" for drop_id, row in rows.items() if not (row and row.open)}
        return sorted(closed, key=closed.__getitem__)[:-KEPT_OF_KEY]

    def _add(self, pk: str, attribute: str, member: str) -> Sequence[str]:
        """Returns all members."""
        answer = self._update(pk, "ADD", attribute, [member], ReturnValues="ALL_NEW")
        return sorted(from_dynamodb(answer.get("Attributes", {})).get(attribute, ()))

    def _remove(self, pk: str, attribute: str, members: Sequence[str]) -> None:
        if members:
            self._update(pk, "DELETE", attribute, members)

    def _update(self, pk: str, action: str, attribute: str, members: Sequence[str], **more: Any) -> Any:
        return self._client.update_item(
            **self._at(pk),
            UpdateExpression=f"{action} #set :members",
            ExpressionAttributeNames={"#set": attribute},
            ExpressionAttributeValues={":members": {"SS": list(members)}},
            **more,
        )

    def _members(self, pk: str, attribute: str) -> Sequence[str]:
        item = self._item(pk)
        return sorted(item[attribute]) if item and attribute in item else ()


def _key_pk(drop: Drop) -> str:
    return f"key:{drop.bucket}/{drop.key}"

"""What has happened in a history so far, and the checks that failed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imagedrop.domain import drop as drops
from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop
from imagedrop.ports import ObjectHead
from imagedrop.workflow.bucket_records import end_markers
from imagedrop.workflow.bucket_records.file_versions import version_of
from imagedrop_local.memory import MemoryPorts, SettableClock
from tests.support.world import BUCKET

End = tuple[str, int]  # drop id, attempt


def describe(row: Drop) -> str:
    return f"{row.drop_id[:6]} {row.key} attempt {row.attempt}"


@dataclass(frozen=True)
class LostEnd:
    """The ledger was lost at `at` (s) before this end had an end marker. `claimed`: the claim was in the bucket."""

    row: Drop
    at: float
    claimed: bool


@dataclass
class HistoryRecord:
    """`clock` is right, unlike those of functions."""

    ports: MemoryPorts
    clock: SettableClock
    log: Callable[[str], None] = lambda text: None
    broken: list[str] = field(default_factory=list)
    rows: dict[str, Drop] = field(default_factory=dict)  # as last written, since the ledger was last lost
    ends: dict[End, Drop] = field(default_factory=dict)
    ended_at: dict[End, float] = field(default_factory=dict)
    ended_again_at: dict[End, float] = field(default_factory=dict)  # an open row that a restored ledger brought back
    wipes: int = 0
    lost_ends: dict[End, LostEnd] = field(default_factory=dict)
    restored_ends: set[End] = field(default_factory=set)  # with an end marker, but not in the row of a restored ledger
    disowned: dict[End, set[str]] = field(default_factory=dict)  # images of unknown content, as an end has said
    claimed: set[str] = field(default_factory=set)  # drops that had a claim in the bucket
    uploads: defaultdict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))  # s, ETag
    undone: set[str] = field(default_factory=set)  # files whose newest version was removed: the one before is back
    redriven: set[tuple[str, int]] = field(default_factory=set)  # (key, attempt) of each redrive
    faults_stopped_at: float | None = None
    fault_count: int = 0  # crashes, failed calls, lost messages: each may stop the progress of a drop

    @property
    def disowned_images(self) -> set[str]:
        return set[str]().union(*self.disowned.values())

    def fail(self, text: str) -> None:
        self.log(f"BROKEN: {text}")
        self.broken.append(text)

    def uploaded(self, key: str, etag: str) -> None:
        """`etag`: empty if the file was deleted."""
        self.undone.discard(key)
        self.uploads[key].append((self.clock.seconds(), etag))

    def ledger_replaced(self, rows: Mapping[str, Drop]) -> None:
        """By an older backup with these rows, or by an empty ledger. What is in the bucket is not lost: result files,
        end markers and claims."""
        for row in self.rows.values():
            end = row.drop_id, row.attempt
            if row != rows.get(row.drop_id) and row.ended and not self.has_object(end_markers.end_marker_key(row)):
                claimed = self.has_object(object_keys.claim_key(row.drop_id))
                self.lost_ends[end] = LostEnd(row, self.clock.seconds(), claimed)
                if self._result(row.key) != end:
                    self.disowned.pop(end, None)  # only the lost row said so
        self.restored_ends |= {
            end
            for end, row in self.ends.items()
            if end[0] in rows and rows[end[0]].attempt <= end[1] and self.has_object(end_markers.end_marker_key(row))
        }
        self.rows = dict(rows)
        self.wipes += 1

    def may_stay_untold(self, end: End) -> bool:
        """True if the end was lost with the ledger and nothing in the bucket led back to it: no claim, and a file was
        replaced, or an operator had redriven it and the end of the earlier attempt was told, or only a data file of a
        sidecar without image was replaced. Or the drop has ended again since then, or as a later attempt."""
        lost = self.lost_ends.get(end)
        if lost is None:
            return False
        ended_at = self.ended_at | self.ended_again_at
        others = [(attempt, at) for (drop_id, attempt), at in ended_at.items() if drop_id == end[0]]
        if any(attempt > end[1] or (attempt < end[1] and at > lost.at) for attempt, at in others):
            return True
        if lost.claimed:
            return False
        if any(self._read_the_same(row, lost.row) for row in self.ends.values()):
            return True
        read = {key: version.etag if version else "" for key, version in lost.row.versions.items()}
        files = {**read, lost.row.key: lost.row.etag or ""}
        if any(self._was_replaced(key, etag, lost.at) for key, etag in files.items()):
            return True
        # Equal content may have been uploaded twice, and the version before be back: its own end counts.
        return any(
            version_of(self.head(key)) != known for key, known in lost.row.versions.items() if key in self.undone
        )

    def _read_the_same(self, row: Drop, later: Drop) -> bool:
        """`row` is an earlier attempt that has its end marker, and the operator had only the same files read again. If
        the image is missing, the sweep looks only at the sidecar."""
        read, known = later.versions, row.versions
        if later.etag is None:
            sidecar = object_keys.sidecar_key(later.key)
            read, known = {sidecar: read.get(sidecar)}, {sidecar: known.get(sidecar)}
        earlier = row.drop_id == later.drop_id and row.attempt < later.attempt and read == known
        return earlier and self.has_object(end_markers.end_marker_key(row))

    def _was_replaced(self, key: str, etag: str, lost_at: float) -> bool:
        """The file was not this one when the ledger was lost, or at some time since."""
        then = [uploaded for at, uploaded in self.uploads[key] if at <= lost_at][-1:] or [""]
        since = [uploaded for at, uploaded in self.uploads[key] if at > lost_at]
        return any(uploaded != etag for uploaded in (*then, *since))

    def has_object(self, key: str) -> bool:
        return self.head(key) is not None

    def _result(self, key: str) -> End | None:
        """The end that the result file is about."""
        body = self.ports.objects.body(BUCKET, object_keys.result_key(key))
        result = json.loads(body) if body else None
        return (result["drop_id"], result["attempt"]) if result else None

    def head(self, key: str) -> ObjectHead | None:
        """The object's head, without a port call, which could fail."""
        found = self.ports.objects._bucket(BUCKET).objects.get(key)
        return found[0] if found else None

    def drop_id(self, head: ObjectHead) -> str:
        return drops.drop_id(BUCKET, head.key, head.etag)

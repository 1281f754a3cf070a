"""What a chaos run has observed from outside, as plain data for the checks. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from imagedrop.domain import drop as drops
from imagedrop.domain.drop import Channel, Drop, FileVersion

BUCKET = "drops"
# An attempt that ended for one of these reasons may have left an image that the next one cannot see or cannot trust.
OUTCOME_UNKNOWN = frozenset({"ims.outcome_unknown", "import.deadline", "internal", drops.OBJECT_REPLACED})
End = tuple[str, int]  # drop id, attempt
Seconds = float


@dataclass(frozen=True)
class Upload:
    """`content`: a name of tests.chaos.contents."""

    at: Seconds
    key: str
    etag: str
    content: str


@dataclass(frozen=True)
class Interruption:
    """Processes died at `at`. `wiped`: ledger, queues and mailbox were empty afterwards."""

    at: Seconds
    what: str
    wiped: bool


@dataclass(frozen=True)
class RowWrite:
    """The ledger accepted this row."""

    at: Seconds
    row: Drop


@dataclass(frozen=True)
class Notice:
    """A message that SNS or SES accepted, or a result file. `document`: the result; None for a mail."""

    at: Seconds
    channel: Channel
    end: End
    to: str = ""
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Image:
    """An image of IMS. `job_id`: of the job that made it. `key`, `etag`: of the object that the job has read."""

    id: str
    status: str
    drop_id: str
    role: Literal["system", "data"]
    submitted: Seconds
    job_id: str = ""
    key: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Violation:
    """A check that failed. `about`: a drop id, a key or a queue."""

    about: str
    text: str


@dataclass
class Observation:
    """`objects`: the bucket at the end. `results`: the result files at the end, by image key. `end_markers`: when each
    was first seen. `queued`, `dead_letters`: messages left, by queue."""

    uploads: list[Upload] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)
    writes: list[RowWrite] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    objects: dict[str, FileVersion] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    end_markers: dict[str, Seconds] = field(default_factory=dict)
    queued: dict[str, int] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)

    def ends(self) -> dict[End, RowWrite]:
        """Each end, with the first write of it."""
        found: dict[End, RowWrite] = {}
        for write in self.writes:
            if write.row.ended:
                found.setdefault((write.row.drop_id, write.row.attempt), write)
        return found

    def notices_of(self, end: End, channel: Channel) -> list[Notice]:
        notices = self._notices_of(end)
        return sorted((notice for notice in notices if notice.channel == channel), key=lambda notice: notice.at)

    def repeated_notices(self) -> Iterator[tuple[End, Channel, Notice, Notice]]:
        """Pairs of messages or mails about the same end."""
        channels: tuple[Channel, ...] = ("sns", "mail")
        for end in {notice.end for notice in self.notices}:
            for channel in channels:
                for first, second in pairwise(self.notices_of(end, channel)):
                    yield end, channel, first, second

    def writes_of(self, end: End) -> list[RowWrite]:
        if self._indexed[1] != len(self.writes):
            self._indexed = (self._indexed[0], len(self.writes))
            self._writes = _by_end(((write.row.drop_id, write.row.attempt), write) for write in self.writes)
        return self._writes.get(end, [])

    def drop_ids(self) -> set[str]:
        """Of everything that was uploaded."""
        return {drops.drop_id(BUCKET, upload.key, upload.etag) for upload in self.uploads}

    def _notices_of(self, end: End) -> list[Notice]:
        if self._indexed[0] != len(self.notices):
            self._indexed = (len(self.notices), self._indexed[1])
            self._notices = _by_end((notice.end, notice) for notice in self.notices)
        return self._notices.get(end, [])

    _indexed: tuple[int, int] = (-1, -1)  # the numbers of notices and writes in the two indexes below
    _notices: dict[End, list[Notice]] = field(default_factory=dict)
    _writes: dict[End, list[RowWrite]] = field(default_factory=dict)


def _by_end(pairs: Iterator[tuple[End, Any]]) -> dict[End, list[Any]]:
    found: dict[End, list[Any]] = {}
    for end, item in pairs:
        found.setdefault(end, []).append(item)
    return found

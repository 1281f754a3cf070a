"""What a chaos run has seen, from outside: plain data, which the invariants judge. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from imagedrop.domain import drop as drops
from imagedrop.domain.drop import Drop, FileVersion

BUCKET = "drops"
# An attempt that ended so may have left an image that the next one cannot see, or may not trust.
EXCUSES = frozenset({"ims.outcome_unknown", "import.deadline", "internal", drops.OBJECT_REPLACED})
End = tuple[str, int]  # drop id, attempt
Seconds = float


@dataclass(frozen=True)
class Put:
    """An owner has put an object; `what` says which of the plan's contents it is."""

    at: Seconds
    key: str
    etag: str
    what: str


@dataclass(frozen=True)
class Interruption:
    """Processes died at `at`. `wiped`: ledger, queues and mailbox were gone afterwards."""

    at: Seconds
    what: str
    wiped: bool


@dataclass(frozen=True)
class Written:
    """The ledger took this row."""

    at: Seconds
    row: Drop


@dataclass(frozen=True)
class Telling:
    """A message that SNS or SES took, or a result file that lay there. `document`: the result; none of a mail."""

    at: Seconds
    channel: Literal["result", "sns", "mail"]
    end: End
    to: str = ""
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Image:
    """An image as IMS holds it; `job_id` and `etag`: of the job that made it and of the object that it read."""

    id: str
    status: str
    drop_id: str
    role: Literal["system", "data"]
    submitted: Seconds
    job_id: str = ""
    key: str = ""
    etag: str = ""


@dataclass(frozen=True)
class Broken:
    """What does not hold. `about`: a drop id, a key or a queue."""

    about: str
    text: str


@dataclass
class Seen:
    """`objects`: the bucket at the end. `results`: the result files at the end, by image key. `seals`: when each was
    first seen. `queued`, `dead`: messages left, by queue; a message about an end is none."""

    puts: list[Put] = field(default_factory=list)
    interruptions: list[Interruption] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    objects: dict[str, FileVersion] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    seals: dict[str, Seconds] = field(default_factory=dict)
    queued: dict[str, int] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)

    def ends(self) -> dict[End, Written]:
        """Every end that the ledger has taken, when it first did."""
        found: dict[End, Written] = {}
        for one in self.written:
            if one.row.ended:
                found.setdefault((one.row.drop_id, one.row.attempt), one)
        return found

    def told(self, end: End, channel: str) -> list[Telling]:
        return sorted((one for one in self._of(end) if one.channel == channel), key=lambda one: one.at)

    def rows(self, end: End) -> list[Written]:
        return self._rows().get(end, [])

    def drop_ids(self) -> dict[str, str]:
        """Of everything that was ever put: drop id -> image key."""
        return {drops.drop_id(BUCKET, put.key, put.etag): put.key for put in self.puts}

    def _of(self, end: End) -> list[Telling]:
        if self._counted[0] != len(self.tellings):
            self._counted = (len(self.tellings), self._counted[1])
            self._told = _by_end((one.end, one) for one in self.tellings)
        return self._told.get(end, [])

    def _rows(self) -> dict[End, list[Written]]:
        if self._counted[1] != len(self.written):
            self._counted = (self._counted[0], len(self.written))
            self._by_row = _by_end(((one.row.drop_id, one.row.attempt), one) for one in self.written)
        return self._by_row

    _counted: tuple[int, int] = (-1, -1)
    _told: dict[End, list[Telling]] = field(default_factory=dict)
    _by_row: dict[End, list[Written]] = field(default_factory=dict)


def _by_end(pairs: Iterator[tuple[End, Any]]) -> dict[End, list[Any]]:
    found: dict[End, list[Any]] = {}
    for end, one in pairs:
        found.setdefault(end, []).append(one)
    return found

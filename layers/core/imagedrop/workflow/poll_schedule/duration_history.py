"""What a job teaches the next ones: a note in the ledger, one for each channel of IMS.

The note may be lost, old or false: it only says when to look. Two jobs that end at once may cost it one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from imagedrop.common.timestamps import parse_timestamp, seconds_between
from imagedrop.domain.drop import Drop
from imagedrop.ports import Ports
from imagedrop.workflow.poll_schedule import schedule
from imagedrop.workflow.poll_schedule.duration_forecast import KEPT, Past, forecast, sound

LATE = 10.0  # s, and a tenth of the job's time: a look that came later says little about the end


def planned(ports: Ports, row: Drop) -> Drop:
    """The row with the times at which its job will be looked at. Before IMS is asked: nothing may come between its
    answer and the ledger."""
    size, settings = _size(row), ports.settings
    known = forecast(list(_past(_load(ports, row))), size) if size else None
    planned = schedule.plan(known, settings.poll_first, settings.poll_longest, ports.random)
    return row.model_copy(update={"looks": planned})


def learn(ports: Ports, row: Drop) -> None:
    """Of a row whose job has just been found to have succeeded, as it was before it ended."""
    size, seconds = _size(row), taken(row, ports.clock())
    if size and seconds is not None and sound(job := Past(size, seconds)):
        jobs = [*_past(_load(ports, row)), job][-KEPT:]
        ports.ledger.store(_name(row), {"jobs": jobs})


def taken(row: Drop, now: datetime) -> float | None:
    """Seconds that the job took: it ended between the last look and this one. None where that says too little."""
    if row.job_id is None or row.job_started_at is None or row.redrives:
        return None
    found = seconds_between(row.job_started_at, now)
    late = seconds_between(row.next_at, now) if row.next_at else 0.0
    if late > max(LATE, found / 10):
        return None
    before = seconds_between(row.job_started_at, parse_timestamp(row.updated_at)) if row.tries else found
    return (before + found) / 2


def _size(row: Drop) -> int:
    """Bytes; 0: not known."""
    return row.size or int((row.facts or {}).get("file_size") or 0)


def _name(row: Drop) -> str:
    return "pace.quick" if row.request and row.request.get("is_quick_import") else "pace"


def _load(ports: Ports, row: Drop) -> Any:
    try:
        return ports.ledger.load(_name(row))
    except ValueError:  # it is no JSON
        return None


def _past(note: Any) -> Iterator[Past]:
    """What makes sense of a note, oldest first."""
    jobs = note.get("jobs") if isinstance(note, dict) else None
    for job in jobs[-KEPT:] if isinstance(jobs, list) else ():
        if isinstance(job, (list, tuple)) and len(job) == 2 and all(type(one) in (int, float) for one in job):
            past = Past(*job)
            if sound(past):
                yield past

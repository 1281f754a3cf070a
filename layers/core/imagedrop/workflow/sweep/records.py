"""Lists `.imagedrop/`: all claims, and as many end markers as there is time for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from imagedrop.domain.object_keys import END_MARKERS, FOLDER, is_claim
from imagedrop.ports import Ports
from imagedrop.workflow.sweep.ended_drops import EndedDrops
from imagedrop.workflow.sweep.place import Place


class Records(NamedTuple):
    claimed: set[str]  # drop ids
    ended: EndedDrops


def list_records(ports: Ports, place: Place, time_left: Callable[[], float]) -> Records:
    """End markers get half of the time, so that there is some for the files. `place` says afterwards which were
    listed."""
    bucket, after, half = ports.settings.drop_bucket, None, time_left() / 2
    claimed, ended = set[str](), EndedDrops(bucket)
    while True:
        page = ports.objects.list(bucket, FOLDER, after)
        for head in page.objects:
            if head.key.startswith(END_MARKERS):
                ended.add(head.key)
            elif is_claim(head.key):
                claimed.add(head.key.removeprefix(FOLDER).removesuffix(".json"))
        if page.after is None:
            ended.sort()
            return Records(claimed, ended)
        after = place.after_marker(page.after, out_of_time=time_left() <= half)

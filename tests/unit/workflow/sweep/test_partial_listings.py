"""What the sweep takes for known while it has listed only a part of the bucket."""

from __future__ import annotations

import pytest

from imagedrop.domain.drop import FileVersion
from imagedrop.workflow.bucket_records.file_versions import version_digest
from imagedrop.workflow.sweep.drops_with_parts import DropsWithParts
from imagedrop.workflow.sweep.seen_files import SeenFiles
from imagedrop_local.memory import memory_settings
from tests.support.world import BUCKET, World

IMAGE, DATA = "a.vhd", "b.vhd"
VERSION = FileVersion(etag="e", last_modified="t")


@pytest.mark.parametrize(
    ("seen", "all_seen", "changed", "unknown"),
    [
        ((IMAGE, DATA), False, [], []),
        ((IMAGE,), False, [], [IMAGE]),  # the data file may still come in the listing
        ((IMAGE,), True, [IMAGE], []),
        ((IMAGE, DATA), True, [], []),
    ],
)
def test_an_ended_drop_is_unchanged_only_if_all_its_files_were_seen(
    seen: tuple[str, ...], all_seen: bool, changed: list[str], unknown: list[str]
) -> None:
    drops = DropsWithParts()
    drops.add("folder", {version_digest(key, VERSION) for key in (IMAGE, DATA)})
    drops.sort()
    for key in seen:
        drops.see(key, VERSION)
    assert drops.put_off(IMAGE, "folder")
    assert drops.changed(all_seen) == (changed, unknown)


def test_files_before_the_place_where_the_listing_begins_are_not_known(world: World) -> None:
    row = world.accepted("golden/m.vhd")
    waiting = row.model_copy(update={"stage": "waiting", "versions": {}})
    seen = SeenFiles(memory_settings(drop_bucket=BUCKET), [waiting])
    seen.begin("golden/n.vhd")
    seen.see("golden/o.vhd", VERSION)
    seen.end()
    assert seen.of(waiting) == {}
    seen.begin("golden/l.vhd")
    assert seen.of(waiting) == {"golden/m.vhd": None}

"""A listing that is cut anywhere finds the same lost drops as one with the whole bucket in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop.domain import object_keys
from imagedrop.domain.drop import Drop, FileVersion, drop_id
from imagedrop.domain.object_keys import INSTALLATION
from imagedrop.workflow.bucket_records import end_markers
from imagedrop.workflow.sweep.place import Place
from imagedrop.workflow.sweep.search import NOTE
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from imagedrop_local.project_paths import function
from tests.unit.workflow.sweep.whole_inventory import WholeInventory

BUCKET = "drops"
NAMES = (
    ".vhd",
    "a.vhd",
    "a.vhd-old.vhd",
    "a.vhd.",
    "a.vhd.j",
    "a.vhd.json.vhd",
    "b",
    "b-1.vhd",
    "b/c.vhd",
    "b.raw",
    "窗.vhd",
)
KEYS = [folder + name + suffix for folder in ("", "d/") for name in NAMES for suffix in ("", ".json", ".result.json")]
ETAGS = ("e1", "e2", None)


class Drops(NamedTuple):
    """`files`: key -> ETag. `ended`: key -> ETag of each file that an ended drop has read; the first is the image."""

    files: dict[str, str]
    ended: list[dict[str, str | None]]

    @property
    def with_parts(self) -> set[str]:
        return {next(iter(drop)) for drop in self.ended if len(drop) > 2}


@st.composite
def drops(draw: st.DrawFn) -> Drops:
    """Half of the ended drops have read what is in the bucket now."""
    files = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["e1", "e2"]), min_size=4))
    ended = []
    for image in draw(st.lists(st.sampled_from([key for key in KEYS if not key.endswith(".json")]), max_size=10)):
        parts = draw(st.sets(st.sampled_from(KEYS), max_size=2)) if draw(st.booleans()) else ()
        read = {key: files.get(key) for key in (image, image + ".json", *parts)}
        changed = {draw(st.sampled_from(list(read))): draw(st.sampled_from(ETAGS))} if draw(st.booleans()) else {}
        ended.append({**read, **changed})
    return Drops(files, ended)


def version(etag: str | None) -> FileVersion | None:
    return FileVersion(etag=etag, last_modified="2026-11-24T13:00:00Z") if etag else None


def end_marker_key(files: Mapping[str, str | None]) -> str:
    image, at = next(iter(files)), dict.fromkeys(("received_at", "updated_at", "deadline_at"), "")
    etag = files[image]
    name = drop_id(BUCKET, image, etag) if etag else "waiting"
    versions = {key: version(read) for key, read in files.items()}
    return end_markers.end_marker_key(Drop(drop_id=name, bucket=BUCKET, key=image, etag=etag, versions=versions, **at))


def bucket_with(dropped: Drops, prefix: str, page: int) -> tuple[MemoryPorts, WholeInventory]:
    ports = memory_ports(memory_settings(drop_prefix=prefix))
    ports.objects.page = page
    markers = [end_marker_key(drop) for drop in dropped.ended]
    for key, etag in {**dict.fromkeys(markers, "m"), **dropped.files}.items():
        ports.objects.upload(BUCKET, key, b"x", etag=etag)
    model = WholeInventory(ports.settings, BUCKET)
    for key in ports.objects.keys(BUCKET):
        head = ports.objects.head(BUCKET, key)
        assert head is not None
        model.add(head)
    return ports, model


def listing(ports: MemoryPorts, times: Sequence[float]) -> tuple[list[str], int]:
    """Sweeps until every file was listed with the end markers of every drop. Returns the enqueued keys and the number
    of rounds. `times`: the seconds that are left, each time that somebody asks."""
    clock, rounds = iter(times), 0
    while not rounds or not Place.load(ports.ledger.load(NOTE)).is_first:
        function("sweep").handle(ports, lambda: next(clock, 1.0))
        rounds += 1
        assert rounds < 500
    return [message["key"] for message in ports.queues.bodies("drops")], rounds


pages = st.integers(1, 5)
times_left = st.one_of(st.lists(st.sampled_from([0.0, 1.0]), max_size=60), st.just([1.0, 0.0] * 500))


@given(drops(), st.sampled_from(["", "d/"]), pages)
@settings(max_examples=100, deadline=None)
def test_one_round_finds_exactly_what_the_whole_inventory_finds(dropped: Drops, prefix: str, page: int) -> None:
    ports, model = bucket_with(dropped, prefix, page)
    found, rounds = listing(ports, ())
    assert (sorted(found), rounds) == (sorted(model.lost()), 1)


@given(drops(), st.sampled_from(["", "d/"]), pages, times_left)
@settings(max_examples=100, deadline=None)
def test_rounds_that_are_cut_anywhere_find_it_together(
    dropped: Drops, prefix: str, page: int, times: list[float]
) -> None:
    """They may also find drops with parts, and files that only an end marker that was not listed then has told of."""
    ports, model = bucket_with(dropped, prefix, page)
    found, _ = listing(ports, times)
    assert model.lost() <= set(found)
    alone = {key for key in found if (key in model.versions) != (object_keys.sidecar_key(key) in model.versions)}
    assert set(found) - model.lost() <= dropped.with_parts | alone


@given(drops(), pages)
@settings(max_examples=100, deadline=None)
def test_only_drops_with_parts_are_found_by_mistake_while_all_end_markers_fit_into_a_round(
    dropped: Drops, page: int
) -> None:
    """Each round ends after its first page of files."""
    ports, model = bucket_with(dropped, "", page)
    records = len({INSTALLATION, *map(end_marker_key, dropped.ended)})
    times_asked = -(-records // page)  # at the start, and after each page of end markers but the last
    found, _ = listing(ports, [4.0, *[3.0] * (times_asked - 1), 0.0] * 100)
    assert model.lost() <= set(found)
    assert set(found) - model.lost() <= dropped.with_parts

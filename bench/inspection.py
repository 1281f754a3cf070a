"""Compares the inspection with other libraries over a distant bucket: round trips, requests, bytes, seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import compare_facts, footprint, other_ways
from bench.far_bucket import FAR, NEAR, PEERS, Bucket, Cost, bucket, dissect, ours
from bench.images import BIG, BIOS, FOLDER, SETS, SMALL, Plan
from bench.page import write
from bench.report_section import Section
from bench.table import Row, table
from imagedrop_local.project_paths import SAMPLES

COST = ("round trips", "requests", "MB", "s")
HEAD = ("image", *COST, "dissect: requests", "MB", "s", "ratio", "same facts", "150 ms: s", "dissect: s", "ratio")


FORMATS_NOTE = """\
`big`: a 40 GiB GPT disk with Windows Server 2022, 30,000 files and a SOFTWARE hive of 95 MiB, with the needed keys in
its middle. `bios`: the same on an MBR disk, hibernated, without drivers. `small`: 2,000 files and a hive of 8 MiB.

dissect reads through a file object with a cache of aligned 64 KiB blocks over one kept connection. It does not support
qed and qcow; a few lines in its reader do.

Columns without a name: imagedrop, library `inspect`. Ratio: seconds of imagedrop divided by seconds of dissect; below
1, imagedrop is faster. Same facts: how many of the facts that dissect found are the same in imagedrop.
"""
GROWTH_NOTE = """\
imagedrop, library `inspect`, on images with ten times the disk size, the SOFTWARE hive or the files of `base`.
"""
OTHERS_NOTE = """\
libyal: reading only; its `pyregf` scans the whole hive when it opens one. qemu-img and virt-inspector: the whole
command. The download is calculated, not measured.
"""
FOOTPRINT_NOTE = """\
imagedrop: `import imagedrop.inspection` and library `inspect`. Import: the median difference of 15 pairs of starts of
Python, with and without the import.
"""


def run(page: bool = False, small: bool = False) -> None:
    found = []
    for section in sections(FOLDER, small):
        print(f"{section.title}\n\n{section.table}", flush=True)
        found.append(section)
    if page:
        write(found)


def sections(folder: Path, small: bool) -> Iterator[Section]:
    """Measures the big images; if they were not built, the small ones once; else the sample."""
    plans = [plan for plan in (BIG, BIOS) if not small and _files(folder, plan)] or [SMALL]
    files = [file for plan in plans for file in _files(folder, plan)]
    growth = [file for plan in SETS["growth"] for file in _files(folder, plan) if BIG in plans]
    if not files:
        folder, files = SAMPLES, [file.name for file in sorted(SAMPLES.glob("*.qcow2"))]
    times = 5 if BIG in plans else 1
    with bucket(folder, NEAR) as near:
        with bucket(folder, FAR) as far:
            yield Section("Formats", FORMATS_NOTE, table(HEAD, [_row(file, near, far, times) for file in files]))
        if growth:
            rows = [(file, *_cost(near.cost(ours, file))) for file in sorted(growth, key=_extension)]
            yield Section("Growth", GROWTH_NOTE, table(("image", *COST), rows))
        yield Section("Other tools", OTHERS_NOTE, table(other_ways.HEAD, list(other_ways.rows(near, folder, files))))
    yield Section("Footprint", FOOTPRINT_NOTE, table(footprint.HEAD, list(footprint.rows(folder, files[0]))))


def _files(folder: Path, plan: Plan) -> list[str]:
    """The images of the plan that were built."""
    names = [f"{plan.name}.{ending}" for ending in ("raw", *plan.formats)]
    return [name for name in names if (folder / name).exists()]


def _extension(file: str) -> str:
    return file.partition(".")[2]


def _row(file: str, near: Bucket, far: Bucket, times: int) -> Row:
    ours_near, ours_far = near.cost(ours, file, times), far.cost(ours, file, 1)
    if not PEERS.exists():
        return file, *_cost(ours_near), *["-"] * 5, _seconds(ours_far), "-", "-"
    theirs_near, theirs_far = near.cost(dissect, file, times), far.cost(dissect, file, 1)
    facts = theirs_near.last.error[:40] or compare_facts.facts(ours_near.last.facts, theirs_near.last.facts)
    return (file, *_cost(ours_near), *_cost(theirs_near)[1:], _ratio(ours_near, theirs_near), facts,
            _seconds(ours_far), _seconds(theirs_far), _ratio(ours_far, theirs_far))  # fmt: skip


def _cost(cost: Cost) -> tuple[str, str, str, str]:
    return f"{cost.round_trips}", f"{cost.requests}", f"{cost.bytes / 1e6:.2f}", _seconds(cost)


def _seconds(cost: Cost) -> str:
    """Or the error."""
    return cost.last.error[:40] or f"{cost.seconds:.2f}"


def _ratio(our: Cost, their: Cost) -> str:
    return "-" if our.last.error or their.last.error else f"{our.seconds / their.seconds:.2f}"

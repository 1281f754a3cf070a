"""The inspection against its peers, over a bucket far away: round trips, requests, bytes, seconds."""

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
`big`: 40 GiB, GPT, Windows Server 2022 with 30,000 files and a SOFTWARE hive of 95 MiB, its telling keys in its middle;
`bios`: the same on MBR, hibernated, without drivers; `small`: 2,000 files, 8 MiB. dissect reads through a file object
with a cache of aligned 64 KiB blocks over one kept connection; qed and qcow, which it does not know, are streams of a
few lines in its reader. Ratio: our seconds to its. Same facts: how many of those that it read are ours too.
"""
GROWTH_NOTE = "Ten times the disk of `base`, ten times its SOFTWARE hive, ten times its files.\n"
OTHERS_NOTE = """\
libyal's `pyregf` scans the whole of a hive that it opens. The download is reckoned, not done.
"""
FOOTPRINT_NOTE = "Importing: the median over 15 pairs of starts of Python, with and without it.\n"


def run(page: bool = False, small: bool = False) -> None:
    found = []
    for section in sections(FOLDER, small):
        print(f"{section.title}\n\n{section.table}", flush=True)
        found.append(section)
    if page:
        write(found)


def sections(folder: Path, small: bool) -> Iterator[Section]:
    """Of the largest images that are there, or the small ones, measured once; of the sample where none were built."""
    plans = [plan for plan in (BIG, BIOS) if not small and _files(folder, plan)] or [SMALL]
    files = [file for plan in plans for file in _files(folder, plan)]
    grown = [file for plan in SETS["growth"] for file in _files(folder, plan) if BIG in plans]
    if not files:
        folder, files = SAMPLES, [file.name for file in sorted(SAMPLES.glob("*.qcow2"))]
    times = 5 if BIG in plans else 1
    with bucket(folder, NEAR) as near:
        with bucket(folder, FAR) as far:
            yield Section("Formats", FORMATS_NOTE, table(HEAD, [_line(file, near, far, times) for file in files]))
        if grown:
            rows = [(file, *_cost(near.cost(ours, file))) for file in sorted(grown, key=_ending)]
            yield Section("Growth", GROWTH_NOTE, table(("image", *COST), rows))
        yield Section("Other ways", OTHERS_NOTE, table(other_ways.HEAD, list(other_ways.rows(near, folder, files))))
    yield Section("Footprint", FOOTPRINT_NOTE, table(footprint.HEAD, list(footprint.rows(folder, files[0]))))


def _files(folder: Path, plan: Plan) -> list[str]:
    """Those that were built."""
    names = [f"{plan.name}.{ending}" for ending in ("raw", *plan.formats)]
    return [name for name in names if (folder / name).exists()]


def _ending(file: str) -> str:
    return file.partition(".")[2]


def _line(file: str, near: Bucket, far: Bucket, times: int) -> Row:
    mine, away = near.cost(ours, file, times), far.cost(ours, file, 1)
    if not PEERS.exists():
        return file, *_cost(mine), *["-"] * 5, _seconds(away), "-", "-"
    theirs, theirs_away = near.cost(dissect, file, times), far.cost(dissect, file, 1)
    facts = theirs.told.error[:40] or compare_facts.facts(mine.told.facts, theirs.told.facts)
    return (file, *_cost(mine), *_cost(theirs)[1:], _ratio(mine, theirs), facts,
            _seconds(away), _seconds(theirs_away), _ratio(away, theirs_away))  # fmt: skip


def _cost(cost: Cost) -> tuple[str, str, str, str]:
    return f"{cost.trips}", f"{cost.requests}", f"{cost.bytes / 1e6:.2f}", _seconds(cost)


def _seconds(cost: Cost) -> str:
    """Or why there is nothing to time."""
    return cost.told.error[:40] or f"{cost.seconds:.2f}"


def _ratio(one: Cost, other: Cost) -> str:
    return "-" if one.told.error or other.told.error else f"{one.seconds / other.seconds:.2f}"

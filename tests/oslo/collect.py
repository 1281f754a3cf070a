"""python -m tests.oslo.collect FOLDER: runs oslo's own tests, keeps their images in FOLDER, prints what oslo says.

A line of JSON for every image, then one about the tests. Runs with the Python in which requirements/oslo.txt is
installed; nothing of imagedrop is imported here.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oslo_utils.imageutils import format_inspector as theirs
from oslo_utils.tests.imageutils import test_format_inspector

from tests.oslo import donors
from tests.oslo.faults import Change, faults
from tests.oslo.hooks import Hooks
from tests.oslo.image_store import ImageStore, StoredImage
from tests.oslo.oslo_inspection import inspect_with_oslo, matching_inspector

BLOCK = 64 * 1024  # their readers are also tried with 17 bytes at a time: the same image, only slower

TOOL = "CalledProcessError"
DONOR = "a donor"


class Result(unittest.TestResult):
    def __init__(self, hooks: Hooks) -> None:
        super().__init__()
        self.hooks = hooks

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().startTest(test)
        self.hooks.shelf.test = test.id().rpartition(".")[2].removeprefix("test_")

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        self.hooks.test_ended()
        super().stopTest(test)

    def told(self) -> dict[str, Any]:
        """`skipped`: also where a tool failed, as qemu-img's LUKS does on a machine too busy to time its hashes."""
        broken = [(test.id(), text) for test, text in (*self.failures, *self.errors)]
        skipped = {why for _, why in self.skipped} | {f"{test}: a tool failed" for test, text in broken if TOOL in text}
        return {
            "ran": self.testsRun,
            "broken": [f"{test}: {text.strip()[-200:]}" for test, text in broken if TOOL not in text],
            "skipped": sorted(skipped),
        }


def run(hooks: Hooks) -> Result:
    tests: Any = test_format_inspector.TestFormatInspectors
    read = tests._test_format_at_block_size
    tests._test_format_at_block_size = lambda self, name, image, size: read(self, name, image, max(size, BLOCK))
    result = Result(hooks)
    with hooks.installed():
        unittest.defaultTestLoader.loadTestsFromModule(test_format_inspector).run(result)
    return result


def lend(shelf: ImageStore) -> None:
    """Keeps the donors: sound images that their tests do not make."""
    shelf.test = DONOR
    shelf.keep_bytes(donors.gpt(), "gpt")
    for kept in [kept for kept in shelf.kept.values() if kept.declared == "vmdk"]:
        if footed := donors.with_footer(kept.path.read_bytes()):
            shelf.keep_bytes(footed, "vmdk")
            return


def plant(hooks: Hooks) -> None:
    """Puts the faults of what was filled in by hand into sound images: donors, or the first with a place for them."""
    sound = [kept for kept in hooks.shelf.kept.values() if not inspect_with_oslo(kept.path, kept.declared)["refusal"]]
    sound.sort(key=lambda kept: kept.origin != DONOR)
    for (test, form), fragments in hooks.fragments.items():
        for number, changes in enumerate(faults(fragments)):
            if placed := next(_placed(sound, form, changes), None):
                hooks.shelf.keep_altered(*placed, f"{test}, fault {number}")


def _placed(
    sound: list[StoredImage], form: str, changes: list[Change]
) -> Iterator[tuple[StoredImage, list[tuple[int, bytes]]]]:
    """The images of this format that have these regions, with what these are to hold, and where."""
    for donor in sound:
        reader = matching_inspector(donor.path, form)
        if reader and all(reader.has_region(one.region) for one in changes):
            regions = {one.region: reader.region(one.region) for one in changes}
            held = {name: bytes(region.data) for name, region in regions.items()}
            for one in changes:
                held[one.region] = one.apply(held[one.region])
            yield donor, [(region.offset, held[name]) for name, region in regions.items()]


def main() -> None:
    logging.disable()
    shelf = ImageStore(Path(sys.argv[1]))
    hooks = Hooks(shelf)
    result = run(hooks)
    lend(shelf)
    plant(hooks)
    for kept in shelf.kept.values():
        about = dataclasses.asdict(kept) | {"path": str(kept.path)}
        print(json.dumps(about | inspect_with_oslo(kept.path, kept.declared)))
    print(json.dumps(result.told() | {"formats": sorted(theirs.ALL_FORMATS)}))


if __name__ == "__main__":
    main()

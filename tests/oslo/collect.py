"""python -m tests.oslo.collect FOLDER: runs oslo's own tests, stores their images, and inspects them.

Prints a line of JSON for each image, then one about the tests. Runs with the Python that has requirements/oslo.txt, and
imports nothing of imagedrop.
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

from oslo_utils.imageutils import format_inspector
from oslo_utils.tests.imageutils import test_format_inspector

from tests.oslo import donors
from tests.oslo.faults import Change, faults
from tests.oslo.hooks import Hooks
from tests.oslo.image_store import ImageStore, StoredImage
from tests.oslo.oslo_inspection import inspect_with_oslo, matching_inspector

MIN_BLOCK = 64 * 1024  # bytes; their tests also read the same images in blocks of 17 bytes, which is slow

TOOL = "CalledProcessError"
DONOR = "a donor"


class Result(unittest.TestResult):
    def __init__(self, hooks: Hooks) -> None:
        super().__init__()
        self.hooks = hooks

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().startTest(test)
        self.hooks.images.test = test.id().rpartition(".")[2].removeprefix("test_")

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        self.hooks.test_ended()
        super().stopTest(test)

    def summary(self) -> dict[str, Any]:
        """`skipped`: also tests whose tool failed. qemu-img's LUKS fails on a busy machine."""
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
    tests._test_format_at_block_size = lambda self, name, image, size: read(self, name, image, max(size, MIN_BLOCK))
    result = Result(hooks)
    with hooks.installed():
        unittest.defaultTestLoader.loadTestsFromModule(test_format_inspector).run(result)
    return result


def add_donors(images: ImageStore) -> None:
    """Valid images that their tests do not make."""
    images.test = DONOR
    images.add_bytes(donors.gpt(), "gpt")
    for stored in [stored for stored in images.stored.values() if stored.declared == "vmdk"]:
        if image := donors.with_footer(stored.path.read_bytes()):
            images.add_bytes(image, "vmdk")
            return


def add_faulty_images(hooks: Hooks) -> None:
    """Puts the faults of hand-made regions into valid images: donors, or the first with these regions."""
    stored = hooks.images.stored.values()
    valid = [image for image in stored if not inspect_with_oslo(image.path, image.declared)["refusal"]]
    valid.sort(key=lambda image: image.origin != DONOR)
    for (test, form), fragments in hooks.fragments.items():
        for number, changes in enumerate(faults(fragments)):
            if patched := next(_patches(valid, form, changes), None):
                hooks.images.add_patched(*patched, f"{test}, fault {number}")


def _patches(
    valid: list[StoredImage], form: str, changes: list[Change]
) -> Iterator[tuple[StoredImage, list[tuple[int, bytes]]]]:
    """The images of this format that have these regions, each with its patches: (offset, new content of a region)."""
    for donor in valid:
        reader = matching_inspector(donor.path, form)
        if reader and all(reader.has_region(change.region) for change in changes):
            regions = {change.region: reader.region(change.region) for change in changes}
            content = {name: bytes(region.data) for name, region in regions.items()}
            for change in changes:
                content[change.region] = change.apply(content[change.region])
            yield donor, [(region.offset, content[name]) for name, region in regions.items()]


def main() -> None:
    logging.disable()
    images = ImageStore(Path(sys.argv[1]))
    hooks = Hooks(images)
    result = run(hooks)
    add_donors(images)
    add_faulty_images(hooks)
    for stored in images.stored.values():
        image = dataclasses.asdict(stored) | {"path": str(stored.path)}
        print(json.dumps(image | inspect_with_oslo(stored.path, stored.declared)))
    print(json.dumps(result.summary() | {"formats": sorted(format_inspector.ALL_FORMATS)}))


if __name__ == "__main__":
    main()

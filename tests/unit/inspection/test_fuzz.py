"""Changed bytes of the structures that are really read: no crash, no hang, no flood of requests."""

from __future__ import annotations

import json
import random

import pytest

from imagedrop.inspection.cache import BlockCache
from tests.unit.inspection.images import EXPECTED, fixture, look, resealed_vhdx

RUNS = 25  # an image
VALUES = (0, 1, 2, 0x7F, 0x80, 0xFF)


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """Filled with every place that is parsed: small reads; whole tables and clusters count at their beginning."""
    read, seen = BlockCache.read, list[range]()

    def recorded(cache: BlockCache, offset: int, length: int) -> bytes:
        seen.append(range(offset, offset + min(length, 512)))
        return read(cache, offset, length)

    monkeypatch.setattr(BlockCache, "read", recorded)
    return seen


def mutated(data: bytes, places: list[range], dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        place = dice.choice(places)
        at = dice.choice(place)
        if at < len(out):
            out[at] = dice.choice(VALUES) if dice.random() < 0.5 else dice.randrange(256)
    return bytes(out)


@pytest.mark.parametrize("name", [*EXPECTED, "gpt.raw", "mbr.raw"])
def test_no_changed_byte_breaks_the_inspection(name: str, places: list[range]) -> None:
    data = fixture(name)
    look(data, name)
    parsed = [place for place in dict.fromkeys(places) if place]
    dice = random.Random(name)
    for _ in range(RUNS if not name.endswith("vhdx") else RUNS // 3):
        changed = mutated(data, parsed, dice)
        if name.endswith("vhdx") and dice.random() < 0.5:
            changed = resealed_vhdx(changed)
        seen = look(changed, name)
        assert seen.read.gets <= 250
        json.dumps([seen.facts.public(), [one.stored() for one in seen.findings]])
        assert seen.facts.format is not None or seen.findings

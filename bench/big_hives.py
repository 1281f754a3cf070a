"""Registry hives as large as those of a Windows that was used for years."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

from samples.builder import hive, registry
from samples.builder.hive import Content
from samples.builder.recipe import Recipe
from samples.builder.registry import Keys
from samples.builder.words import ordinary

BRANCHES = 32  # subkeys per key: hivex copies the whole list for each subkey that is added
PAIR = 675  # bytes of a key, its subkey and their values, with their share of the lists (measured)


def software(recipe: Recipe, size: int, path: Path) -> bytes:
    """A SOFTWARE hive of about `size` bytes. `path`: a temporary file."""
    return _build(_pairs("Classes", "InprocServer32", size), registry.software(recipe), path)


def system(recipe: Recipe, size: int, path: Path) -> bytes:
    """A SYSTEM hive of about `size` bytes."""
    return _build(_pairs("ControlSet001\\Enum", "Device Parameters", size), registry.system(recipe), path)


def _build(many: Keys, facts: Content, path: Path) -> bytes:
    """The keys with the facts are created after half of the others, so that they are in the middle of the hive."""
    names = list(many)
    half = len(names) // 2
    content = {name: many[name] for name in names[:half]} | dict(facts) | {name: many[name] for name in names[half:]}
    return hive.build(content, path, f"System32\\Config\\{path.name}")


def _pairs(top: str, below: str, size: int) -> Keys:
    generator, words = random.Random(top), ordinary(576)
    keys: Keys = {}
    for number in range(size // PAIR):
        group, part = divmod(number // BRANCHES, BRANCHES)
        word = words[number % len(words)]
        key = f"{top}\\{words[group % len(words)]}.{group}\\{part}\\{{{uuid.UUID(int=generator.getrandbits(128))}}}"
        keys[key] = {"": f"{word} Class"}
        keys[f"{key}\\{below}"] = {"": f"C:\\Windows\\System32\\{word}.dll", "ThreadingModel": "Both"}
    return keys

"""Writes the sidecar of a sample."""

from __future__ import annotations

import json
from pathlib import Path

from samples.builder.recipe import Recipe


def write(recipe: Recipe, image: Path) -> Path:
    """Writes `<image>.json` with values that match the image; returns its path."""
    wanted = {
        "name": recipe.name,
        "owner": {"email": "ada@example.com", "name": "Ada", "language": "en"},
        "description": f"{recipe.windows.product_name}, a synthetic sample",
        "os_type": "Windows",
        "os_version": recipe.os_version,
        "min_disk": recipe.size_gib,
        "hw_firmware_type": recipe.firmware,
        "image_tags": {"purpose": "sample"},
    }
    path = image.with_name(image.name + ".json")
    path.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return path

"""The disks of the matrix: those of the tests, and larger ones that are not kept as fixtures."""

from __future__ import annotations

from samples.builder.recipe import SHIPPED, Ntfs, Recipe
from tests.unit.inspection.windows.recipes import CONFIG, RECIPES, SERVER_2022_NAME, lean

LARGE: tuple[tuple[Recipe, str | None], ...] = (
    (SHIPPED, SERVER_2022_NAME),
    (lean("five-thousand-files", files=5000, one_in=1), SERVER_2022_NAME),
    (lean("five-thousand-in-pieces", ntfs=Ntfs(pieces=1), windows_mib=1024, files=5000, one_in=1), SERVER_2022_NAME),
    (lean("long-lists-compressed", ntfs=Ntfs(compressed=(CONFIG,)), one_in=1), SERVER_2022_NAME),
)
ALL = {recipe.name: (recipe, os_version) for recipe, os_version in (*RECIPES, *LARGE)}

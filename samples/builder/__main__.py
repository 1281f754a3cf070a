"""Builds the sample image of this repository, or a variant of it."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path

from samples.builder import container, disk, sidecar
from samples.builder.commands import CommandFailed
from samples.builder.recipe import SHIPPED, Recipe


def build(recipe: Recipe, folder: Path) -> tuple[Path, Path]:
    """Returns the paths of image and sidecar. Needs root, /dev/fuse and the programs in samples/README.md."""
    image = folder / f"{recipe.name}.{container.FORMATS[recipe.format][0]}"
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder) as scratch:
        unfinished = Path(scratch, image.name)
        container.convert(disk.make(recipe, Path(scratch)), recipe.format, unfinished)
        unfinished.replace(image)
    return image, sidecar.write(recipe, image)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m samples.builder", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path(__file__).parents[1], metavar="FOLDER")
    parser.add_argument("--name", default=SHIPPED.name, help="file name without suffix")
    parser.add_argument("--firmware", choices=("uefi", "bios"), default=SHIPPED.firmware)
    parser.add_argument("--format", choices=tuple(container.FORMATS), default=SHIPPED.format)
    parser.add_argument("--size-gib", type=int, default=SHIPPED.size_gib, help="virtual size, at least 2")
    parser.add_argument("--without-cloudbase-init", action="store_true")
    parser.add_argument("--without-drivers", action="store_true", help="no virtio drivers")
    words = parser.add_argument_group("values in the registry of Windows")
    for field in dataclasses.fields(SHIPPED.windows):
        if isinstance(value := getattr(SHIPPED.windows, field.name), str | int) and not isinstance(value, bool):
            words.add_argument(f"--{field.name.replace('_', '-')}", type=type(value), default=value, metavar="VALUE")
    return parser.parse_args()


def _recipe(arguments: argparse.Namespace) -> Recipe:
    given = vars(arguments)
    words = {f.name: given[f.name] for f in dataclasses.fields(SHIPPED.windows) if f.name in given}
    return Recipe(
        name=arguments.name,
        windows=dataclasses.replace(SHIPPED.windows, **words),
        firmware=arguments.firmware,
        format=arguments.format,
        size_gib=arguments.size_gib,
        drivers=() if arguments.without_drivers else SHIPPED.drivers,
        cloudbase_init=not arguments.without_cloudbase_init,
    )


def main() -> None:
    arguments = _arguments()
    try:
        image, _ = build(_recipe(arguments), arguments.into)
    except CommandFailed as error:
        sys.exit(str(error))
    print(f"{image}: {image.stat().st_size} bytes")


if __name__ == "__main__":
    main()

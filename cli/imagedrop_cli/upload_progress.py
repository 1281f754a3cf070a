"""Progress of uploads on stderr: bars on a terminal, otherwise one line for each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from imagedrop.common.display_text import one_line
from imagedrop_cli import render
from imagedrop_cli.output import console, print_note

ProgressFor = Callable[[Path], Callable[[int], None]]  # path -> callback that takes bytes sent


@contextmanager
def progress_bars(files: Sequence[Path]) -> Iterator[ProgressFor]:
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield _print_line
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
    )
    with Progress(*columns, TimeRemainingColumn(), console=screen) as bars:
        tasks = {path: bars.add_task(one_line(path.name), total=path.stat().st_size) for path in files}
        yield lambda path: lambda count: bars.advance(tasks[path], count)


def _print_line(path: Path) -> Callable[[int], None]:
    print_note(f"uploading {one_line(path.name)}, {render.size(path.stat().st_size)}")
    return lambda count: None

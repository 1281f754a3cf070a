"""A part of the benchmark's report."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """`note`: what the table shows and how to read it, in Markdown; `table`: a Markdown table."""

    title: str
    note: str
    table: str

"""A section of the report."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """`note`: what the table shows, in Markdown. `table`: a Markdown table."""

    title: str
    note: str
    table: str

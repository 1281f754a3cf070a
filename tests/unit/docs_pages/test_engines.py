"""The page about the engines has the facts that the end-to-end tests try."""

from __future__ import annotations

import re

from imagedrop_local.project_paths import ROOT
from tests.support.engine_facts import EMBEDDED, FACTS, LOCALSTACK

PAGE = ROOT / "docs/internals/engines.md"
LINE = re.compile(r"^\| (.+?) \| (yes|no) \| (yes|no) \|$", re.MULTILINE)


def test_the_table_has_every_fact_and_who_differs() -> None:
    section = PAGE.read_text("utf-8").partition("## Where an engine differs")[2].partition("What follows")[0]
    expected = [
        (fact.text, *("no" if engine in fact.not_on else "yes" for engine in (EMBEDDED, LOCALSTACK))) for fact in FACTS
    ]
    assert LINE.findall(section) == expected

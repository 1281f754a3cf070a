"""The engine under test differs from AWS only where docs/internals/engines.md says so."""

from __future__ import annotations

import pytest

from tests.support.engine import Engine
from tests.support.engine_facts import FACTS, Fact


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.text)
def test_it_does_what_aws_does_except_where_the_page_says(local: Engine, fact: Fact) -> None:
    assert fact.holds(local) is (local.name not in fact.not_on)

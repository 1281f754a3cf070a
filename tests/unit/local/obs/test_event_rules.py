"""Event rules: overlaps and matches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from imagedrop_local.obs import event_rules
from imagedrop_local.obs.dialect import AMZ, OBS
from imagedrop_local.obs.model import EventRule

NAMES = ["ObjectCreated:*", "ObjectCreated:Put", "ObjectCreated:Copy", "ObjectRemoved:*", "ObjectRemoved:Delete"]
ENDS = st.text("ab", max_size=2)
RULES = st.builds(
    EventRule,
    id=st.uuids().map(str),
    topic=st.just("urn:smn:cn-north-4:project:drops"),
    events=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(tuple),
    prefix=ENDS,
    suffix=ENDS,
)
PLAIN = ("ObjectCreated:Put", "ObjectCreated:Copy", "ObjectRemoved:Delete")
WORDS = ["".join(letters) for letters in ("", "a", "b", "ab", "ba", "aa", "bb", "aabb", "abab", "baab", "bbaa", "abba")]


@settings(max_examples=300)
@given(first=RULES, second=RULES)
def test_rules_that_do_not_overlap_never_both_match(first: EventRule, second: EventRule) -> None:
    assert event_rules.overlap(first, second) == event_rules.overlap(second, first)
    if not event_rules.overlap(first, second):
        both = [
            (event, key)
            for event in PLAIN
            for key in WORDS
            if event_rules.matches(first, event, key) and event_rules.matches(second, event, key)
        ]
        assert both == []


@settings(max_examples=100)
@given(rule=RULES)
def test_a_written_rule_is_parsed_to_the_same_rule_in_both_dialects(rule: EventRule) -> None:
    for dialect in (AMZ, OBS):
        assert event_rules.read(event_rules.write((rule,), dialect), "cn-north-4", lambda topic: True) == (rule,)

"""The light NamedTuple behaves as typing's does."""

from __future__ import annotations

import pickle
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagedrop.common import light


class Light(light.NamedTuple):
    """Of the inspection."""

    first: int
    count: str  # a method's name in a tuple
    third: tuple[int, ...] = (3,)

    @property
    def twice(self) -> int:
        return 2 * self.first


class Heavy(typing.NamedTuple):
    """Of typing."""

    first: int
    count: str  # type: ignore[assignment]
    third: tuple[int, ...] = (3,)


BOTH: list[Any] = [Light, Heavy]


@given(
    st.lists(st.integers(), max_size=4), st.dictionaries(st.sampled_from(["first", "count", "third", "x"]), st.text())
)
def test_what_is_given_by_position_and_by_name_makes_the_same_tuple_or_none(
    values: list[int], named: dict[str, str]
) -> None:
    made: list[Any] = []
    for kind in BOTH:
        try:
            made.append(tuple(kind(*values, **named)))
        except TypeError:
            made.append(None)
    assert made[0] == made[1]


def test_fields_are_read_by_name_and_by_place_and_cannot_be_set() -> None:
    one: Any = Light(1, "a")
    assert (one.first, one.count, one.third, one.twice, one[1]) == (1, "a", (3,), 2, "a")
    first, *_ = one
    assert first == 1
    for name in ("first", "other"):
        with pytest.raises(AttributeError):
            setattr(one, name, 2)


@pytest.mark.parametrize("kind", BOTH)
def test_it_is_compared_changed_shown_and_kept_as_typings_is(kind: Any) -> None:
    one = kind(1, "a")
    assert one == kind(first=1, count="a", third=(3,)) == (1, "a", (3,))
    assert one._replace(count="b") == kind(1, "b")
    assert one._asdict() == {"first": 1, "count": "a", "third": (3,)}
    assert repr(one) == f"{kind.__name__}(first=1, count='a', third=(3,))"
    assert (pickle.loads(pickle.dumps(one)), hash(one)) == (one, hash(kind(1, "a")))
    assert isinstance(pickle.loads(pickle.dumps(one)), kind)
    with pytest.raises((TypeError, ValueError)):
        one._replace(other=1)


def test_a_match_takes_it_apart() -> None:
    match Light(1, "a"):
        case Light(first, count, third=(third,)):
            assert (first, count, third) == (1, "a", 3)
        case _:
            pytest.fail("it did not match")


def test_words_are_no_type_that_a_model_would_take() -> None:
    assert light.Literal["a", "b"] == ("a", "b")  # type: ignore[comparison-overlap]

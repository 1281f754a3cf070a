"""Which places were struck, by function."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator

from tests.simulation.places import KINDS, Place, Strike

HEAD = f"| function | places | {' | '.join(KINDS)} |\n| --- | ---: |{' ---: |' * len(KINDS)}"


def table(places: Iterable[Place], struck: Container[Strike]) -> str:
    """Markdown. `places`: all that are known; below them, how many of them each kind has struck."""
    by_function: dict[str, list[Place]] = {}
    for place in places:
        by_function.setdefault(place.function, []).append(place)
    by_function = dict(sorted(by_function.items())) | {
        "all": [place for found in by_function.values() for place in found]
    }
    return "\n".join([HEAD, *(_row(function, found, struck) for function, found in by_function.items())])


def report(places: Collection[Place], struck: Container[Strike]) -> str:
    """The table, and by name what is missing."""
    return "\n".join(["", table(places, struck), "", *missing(places, struck)])


def _row(function: str, places: list[Place], struck: Container[Strike]) -> str:
    counts = (str(sum((place, kind) in struck for place in places)) for kind in KINDS)
    return f"| {function} | {len(places)} | {' | '.join(counts)} |"


def missing(places: Iterable[Place], struck: Container[Strike]) -> Iterator[str]:
    """The places that not every kind has struck, and the kinds that have not."""
    for place in sorted(places):
        kinds = [kind for kind in KINDS if (place, kind) not in struck]
        if kinds:
            yield f"{place}: no {', '.join(kinds)}"

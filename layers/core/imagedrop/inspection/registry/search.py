"""A child by its name, without reading all of its brothers: by hash or hint, else by the order of the names."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagedrop.inspection.registry import lists
from imagedrop.inspection.registry.jobs import abreast, batches
from imagedrop.inspection.registry.lists import CHILDREN_MOST, Listed
from imagedrop.inspection.registry.names import ORDERS, upper
from imagedrop.inspection.registry.nodes import Node, Nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagedrop.inspection.registry.jobs import Job

    Namer = Callable[[int], Job[str]]

FEW = 8  # so many are read at once rather than narrowed down; and so many are probed at once
LEAVES_AT_ONCE = 2 * FEW
SCANNED_MOST = 1024  # entries of a list in no order


def find(nodes: Nodes, parent: Node, name: str) -> Job[Node | None]:
    """The child of this name, in whatever case; None where there is none."""
    top = yield from lists.first(nodes.cells, parent)
    leaves = [top] if top.kind != lists.ROOT else (yield from _leaves(nodes, parent, top.places(), name))
    found = yield from _pick(nodes, parent, [place for one in leaves for place in one.candidates(name)], name)
    if found is None and not name.isascii():  # writers differ in what is upper case: the clues may have misled
        found = yield from _pick(nodes, parent, [place for one in leaves for place in one.places()], name)
    return found


def children(nodes: Nodes, parent: Node, most: int) -> Job[list[Node]]:
    """The first `most` of them."""
    top = yield from lists.first(nodes.cells, parent)
    places = [] if top.kind == lists.ROOT else top.places()
    for batch in batches(top.places() if top.kind == lists.ROOT else [], LEAVES_AT_ONCE):
        if len(places) < most:
            places += [place for one in (yield from _read(nodes, batch)) for place in one.places()]
    return (yield from _nodes(nodes, places[:most]))


def _leaves(nodes: Nodes, parent: Node, places: list[int], name: str) -> Job[list[Listed]]:
    """Those in which the name can be."""

    def first_name(number: int) -> Job[str]:
        listed = yield from lists.leaf(nodes.cells, places[number])
        return (yield from nodes.node(listed.places()[0])).name if listed.length else ""

    part = yield from _narrowed(nodes, parent, len(places), first_name, name)
    leaves: list[Listed] = []
    for batch in batches([places[number] for number in part], LEAVES_AT_ONCE):
        leaves += yield from _read(nodes, batch)
        if sum(one.length for one in leaves) > CHILDREN_MOST:
            raise nodes.cells.bad("key", parent.offset, f"lists more than {CHILDREN_MOST} subkeys")
    return leaves


def _pick(nodes: Nodes, parent: Node, places: list[int], name: str) -> Job[Node | None]:
    def name_at(number: int) -> Job[str]:
        return (yield from nodes.node(places[number])).name

    big = upper(name)
    part = yield from _narrowed(nodes, parent, len(places), name_at, name)
    for node in (yield from _nodes(nodes, [places[number] for number in part])):
        if upper(node.name) == big:
            return node
    return None


def _narrowed(nodes: Nodes, parent: Node, count: int, name_at: Namer, name: str) -> Job[Sequence[int]]:
    """Where in a sorted sequence of `count` names this one can be: in any order that holds, else everywhere."""
    parts = yield from abreast([_part(count, name_at, name, order) for order in ORDERS])
    ordered = [part for part in parts if part is not None]
    if ordered:
        return sorted({number for part in ordered for number in part})
    if count > SCANNED_MOST:
        raise nodes.cells.bad("key", parent.offset, "has many subkeys in no order")
    return range(count)


def _part(count: int, name_at: Namer, name: str, order: Callable[[str], str]) -> Job[range | None]:
    """By this order; None where the names that were seen do not follow it."""
    low, high = 0, count
    while high - low > FEW:
        places = [low + (high - low) * step // (FEW + 1) for step in range(1, FEW + 1)]
        names = [order(one) for one in (yield from abreast([name_at(place) for place in places]))]
        if names != sorted(names):
            return None
        after = bisect_right(names, order(name))
        low, high = [low, *places][after], [*places, high][after]
    return range(low, high)


def _read(nodes: Nodes, places: Sequence[int]) -> Job[list[Listed]]:
    return abreast([lists.leaf(nodes.cells, place) for place in places])


def _nodes(nodes: Nodes, places: Sequence[int]) -> Job[list[Node]]:
    found: list[Node] = []
    for batch in batches(places):
        found += yield from abreast([nodes.node(place) for place in batch])
    return found

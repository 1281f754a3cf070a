"""Finds a subkey by its name without reading all its siblings: by hash or hint, else by the order of the names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from imagedrop.inspection.registry import lists
from imagedrop.inspection.registry.cells import batches
from imagedrop.inspection.registry.lists import MAX_SUBKEYS, SubkeyList
from imagedrop.inspection.registry.names import ORDERS
from imagedrop.inspection.registry.nodes import Node, Nodes
from imagedrop.inspection.replay import fetch_together
from imagedrop.inspection.upper_case import upper

PROBES = 8  # names that one step of a search reads; so few candidates are all read
LEAVES_AT_ONCE = 2 * PROBES
MAX_SCANNED = 1024  # entries of a list that is not sorted


def find_subkey(nodes: Nodes, parent: Node, name: str) -> Node | None:
    """The subkey of this name, in any case; None where there is none."""
    top = lists.first(nodes.cells, parent)
    leaves = [top] if top.kind != lists.ROOT else _leaves_with(nodes, parent, top.offsets(), name)
    found = _find_among(nodes, parent, [offset for leaf in leaves for offset in leaf.candidates(name)], name)
    if found is None and not name.isascii():  # writers differ in upper case, so hints and hashes may be wrong
        found = _find_among(nodes, parent, [offset for leaf in leaves for offset in leaf.offsets()], name)
    return found


def first_subkeys(nodes: Nodes, parent: Node, count: int) -> list[Node]:
    top = lists.first(nodes.cells, parent)
    offsets = [] if top.kind == lists.ROOT else top.offsets()
    for batch in batches(top.offsets() if top.kind == lists.ROOT else [], LEAVES_AT_ONCE):
        if len(offsets) < count:
            offsets += [offset for leaf in _read_leaves(nodes, batch) for offset in leaf.offsets()]
    return _read_nodes(nodes, offsets[:count])


def _leaves_with(nodes: Nodes, parent: Node, offsets: list[int], name: str) -> list[SubkeyList]:
    """The leaves that can list the name."""

    def first_name(number: int) -> str:
        leaf = lists.leaf(nodes.cells, offsets[number])
        return nodes.node(leaf.offsets()[0]).name if leaf.length else ""

    numbers = _narrow_down(nodes, parent, len(offsets), first_name, name)
    leaves: list[SubkeyList] = []
    for batch in batches([offsets[number] for number in numbers], LEAVES_AT_ONCE):
        leaves += _read_leaves(nodes, batch)
        if sum(leaf.length for leaf in leaves) > MAX_SUBKEYS:
            raise nodes.cells.malformed("key", parent.offset, f"lists more than {MAX_SUBKEYS} subkeys")
    return leaves


def _find_among(nodes: Nodes, parent: Node, offsets: list[int], name: str) -> Node | None:
    def name_at(number: int) -> str:
        return nodes.node(offsets[number]).name

    name_upper = upper(name)
    numbers = _narrow_down(nodes, parent, len(offsets), name_at, name)
    candidates = _read_nodes(nodes, [offsets[number] for number in numbers])
    return next((node for node in candidates if upper(node.name) == name_upper), None)


def _narrow_down(nodes: Nodes, parent: Node, count: int, name_at: Callable[[int], str], name: str) -> Sequence[int]:
    """Indexes, among `count` sorted names, where this one can be by any order that the names follow; else all."""
    ranges = fetch_together(*[partial(_range_by, order, count, name_at, name) for order in ORDERS])
    followed = [found for found in ranges if found is not None]
    if followed:
        return sorted({number for found in followed for number in found})
    if count > MAX_SCANNED:
        raise nodes.cells.malformed("key", parent.offset, f"has more than {MAX_SCANNED} unsorted subkeys")
    return range(count)


def _range_by(order: Callable[[str], str], count: int, name_at: Callable[[int], str], name: str) -> range | None:
    """Indexes where the name can be by this order; None where the names that were read do not follow it."""
    low, high = 0, count
    while high - low > PROBES:
        probes = [low + (high - low) * step // (PROBES + 1) for step in range(1, PROBES + 1)]
        names = list(map(order, fetch_together(*[partial(name_at, probe) for probe in probes])))
        if names != sorted(names):
            return None
        after = bisect_right(names, order(name))
        low, high = [low, *probes][after], [*probes, high][after]
    return range(low, high)


def _read_leaves(nodes: Nodes, offsets: Sequence[int]) -> list[SubkeyList]:
    return fetch_together(*[partial(lists.leaf, nodes.cells, offset) for offset in offsets])


def _read_nodes(nodes: Nodes, offsets: Sequence[int]) -> list[Node]:
    found: list[Node] = []
    for batch in batches(offsets):
        found += fetch_together(*[partial(nodes.node, offset) for offset in batch])
    return found

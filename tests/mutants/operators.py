"""The changes that are tried on each node of the code: most of mutmut's, and some that fit this code.

Left out of mutmut's are those that write `None` in place of a value or drop a positional argument: mypy finds them. So
are changed texts for people (texts with a space), and large numbers with one more, which no test should know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import libcst as cst
import libcst.matchers as m
from mutmut.mutation import mutators as mutmut

Nodes: TypeAlias = Iterator[cst.CSTNode]
SMALL = 10  # numbers below it count something, so one more is a bug
CONVERSIONS = (
    "bool",
    "bytes",
    "dict",
    "float",
    "frozenset",
    "int",
    "len",
    "list",
    "set",
    "str",
    "sum",
    "super",
    "tuple",
)


def changes(node: cst.CSTNode) -> Nodes:
    for kind, operator in OPERATORS:
        if isinstance(node, kind):
            yield from operator(node)


def _number(node: cst.Integer | cst.Float) -> Nodes:
    if node.evaluated_value < SMALL:
        yield from mutmut.operator_number(node)
    else:
        yield cst.Integer("0")


def _code(node: cst.SimpleString) -> Nodes:
    if " " not in node.value:
        yield from list(mutmut.operator_string(node))[:1]


def _removed_statement(node: cst.SimpleStatementLine) -> Nodes:
    """A call whose result is not used, `raise`, `del`, and a change of an attribute or item."""
    changed = m.AssignTarget(target=m.Attribute() | m.Subscript())
    if m.matches(node, m.SimpleStatementLine(body=[m.Expr(m.Call()) | m.Raise() | m.Del() | m.Assign([changed])])):
        yield node.with_changes(body=[cst.Pass()])


def _forced_condition(node: cst.If | cst.CompIf | cst.While) -> Nodes:
    for value in ("True", "False"):
        if not (isinstance(node, cst.While) and value == "True"):
            yield node.with_changes(test=cst.Name(value))


def _dropped_operand(node: cst.BooleanOperation) -> Nodes:
    yield from (node.left, node.right)


def _dropped_element(node: cst.Dict | cst.Set | cst.List | cst.Tuple) -> Nodes:
    if isinstance(node, cst.Tuple) and not node.lpar:  # several values at once
        return
    for element in node.elements:
        left = [other for other in node.elements if other is not element]
        yield node.with_changes(elements=left) if left or not isinstance(node, cst.Set) else cst.Call(cst.Name("set"))


def _dropped_keyword(node: cst.Call) -> Nodes:
    for argument in node.args:
        if argument.keyword:
            yield node.with_changes(args=[other for other in node.args if other is not argument])


def _call_replaced_by_its_argument(node: cst.Call) -> Nodes:
    function = node.func.value if isinstance(node.func, cst.Name) else ""
    if (
        m.matches(node, m.Call(args=[m.Arg(keyword=None, star="")]))
        and function.islower()
        and function not in CONVERSIONS
    ):
        yield node.args[0].value


def _handler_that_catches_nothing(node: cst.ExceptHandler) -> Nodes:
    yield node.with_changes(type=cst.Tuple([]), whitespace_after_except=cst.SimpleWhitespace(" "))


OPERATORS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (cst.Integer | cst.Float, _number),
    (cst.SimpleString, _code),
    (cst.Name, mutmut.operator_name),
    (cst.AugAssign, mutmut.operator_augmented_assignment),
    (cst.UnaryOperation, mutmut.operator_remove_unary_ops),
    (cst.Call, mutmut.operator_symmetric_string_methods_swap),
    (cst.Call, mutmut.operator_unsymmetrical_string_methods_swap),
    (cst.CSTNode, mutmut.operator_keywords),
    (cst.CSTNode, mutmut.operator_swap_op),
    (cst.IfExp, mutmut.operator_if_exp),
    (cst.SimpleStatementLine, _removed_statement),
    (cst.If | cst.CompIf | cst.While, _forced_condition),
    (cst.BooleanOperation, _dropped_operand),
    (cst.Dict | cst.Set | cst.List | cst.Tuple, _dropped_element),
    (cst.Call, _dropped_keyword),
    (cst.Call, _call_replaced_by_its_argument),
    (cst.ExceptHandler, _handler_that_catches_nothing),
)

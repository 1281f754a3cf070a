"""Finds every mutant of a module, and draws some of them by seed."""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

from tests.mutants import operators
from tests.mutants.strata import STRATA, modules

STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.ExceptHandler)
LOGS = ("LOG", "log_drop", "add_log_fields")
LOG_CALL = m.OneOf(*map(m.Name, LOGS))
NOT_MUTATED = (
    m.Annotation()
    | m.Assert()
    | m.Decorator()
    | m.Import()
    | m.ImportFrom()
    | m.If(test=m.Name("TYPE_CHECKING"))
    | m.SimpleStatementLine([m.Expr(m.SimpleString() | m.ConcatenatedString())])  # a docstring
    | m.SimpleStatementLine([m.Expr(m.Call(func=LOG_CALL | m.Attribute(value=LOG_CALL)))])
    | m.Call(func=m.Name("TypeVar"))
)


@dataclass(frozen=True)
class Mutant:
    """`path`: from the folder of the repository. `lines`: of the statement. `function`: with its class; empty outside.
    `was`, `now`: what is changed, in one line each. `code`: the whole mutated file."""

    stratum: str
    path: str
    lines: range
    function: str
    was: str
    now: str
    code: str

    @property
    def key(self) -> str:
        return f"{self.path}:{self.lines.start} {self.was} -> {self.now}"


@dataclass(frozen=True)
class _Change:
    path: str
    lines: range
    function: str
    node: cst.CSTNode
    new: cst.CSTNode


def draw(root: Path, seed: int, count: int, strata: Mapping[str, tuple[str, ...]] = STRATA) -> list[Mutant]:
    """`count` mutants, divided equally among the strata."""
    mutants: list[Mutant] = []
    for index, (stratum, patterns) in enumerate(strata.items()):
        share = count // len(strata) + (index < count % len(strata))
        sources = [Source.read(root, path) for path in modules(root, patterns)]
        mutants += _draw_in(stratum, sources, random.Random(f"{seed} {stratum}"), share)
    return mutants


def _draw_in(stratum: str, sources: Sequence[Source], rng: random.Random, count: int) -> list[Mutant]:
    """Draws lines first, so that a line with many possible changes is as likely as another; no line twice, while there
    are others."""
    drawn: list[Mutant] = []
    changes = [(source, list(source.changes_of(lines))) for source in sources for lines in source.lines]
    while changes and count:
        rng.shuffle(changes)
        for source, left in changes:
            change = left.pop(rng.randrange(len(left)))
            if mutant := source.mutant(stratum, change):
                drawn.append(mutant)
            if len(drawn) == count:
                return drawn
        changes = [(source, left) for source, left in changes if left]
    return drawn


class Source:
    """A module with all changes that may be made in it."""

    def __init__(self, path: str, code: str) -> None:
        self.path, self.code = path, code
        wrapper = MetadataWrapper(cst.parse_module(code))
        self.module = wrapper.module
        finder = _Finder(path)
        wrapper.visit(finder)
        self.changes = finder.changes
        self.lines = sorted({change.lines.start for change in self.changes})

    @classmethod
    def read(cls, root: Path, path: str) -> Source:
        return cls(path, (root / path).read_text("utf-8"))

    def changes_of(self, line: int) -> Iterator[_Change]:
        return (change for change in self.changes if change.lines.start == line)

    def mutant(self, stratum: str, change: _Change) -> Mutant | None:
        """None: the change makes no difference, or no Python."""
        module = self.module.deep_replace(change.node, change.new)
        assert isinstance(module, cst.Module)
        try:
            if ast.dump(ast.parse(module.code)) == ast.dump(ast.parse(self.code)):
                return None
        except SyntaxError:
            return None
        was, now = _difference(self.code, module.code)
        return Mutant(stratum, change.path, change.lines, change.function, was, now, module.code)


def _difference(before: str, after: str) -> tuple[str, str]:
    lines = [
        line
        for line in difflib.ndiff(before.splitlines(), after.splitlines())
        if line.startswith(("- ", "+ ")) and line[2:].strip()
    ]
    was, now = ([line[2:].strip() for line in lines if line[0] == sign] for sign in "-+")
    return " ".join(was), " ".join(now)


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.changes, self._names = path, list[_Change](), list[str]()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, NOT_MUTATED):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        lines = self._lines(node)
        function = ".".join(self._names)
        self.changes += [_Change(self.path, lines, function, node, new) for new in operators.changes(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()

    def _lines(self, node: cst.CSTNode) -> range:
        """Of the statement that holds the node; of its head if it has a body."""
        statement: cst.CSTNode | None = node
        while statement is not None and not isinstance(statement, STATEMENTS):
            statement = self.get_metadata(ParentNodeProvider, statement, None)
        if statement is None:
            return range(0)
        whole, body = self._position(statement), getattr(statement, "body", None)
        if isinstance(body, cst.IndentedBlock):
            return range(whole.start.line, max(self._position(body.body[0]).start.line, whole.start.line + 1))
        return range(whole.start.line, whole.end.line + 1)

    def _position(self, node: cst.CSTNode) -> CodeRange:
        position = self.get_metadata(PositionProvider, node)
        assert isinstance(position, CodeRange)
        return position

"""Which tests run each line of the core, from one run of all unit, golden and contract tests with coverage.py."""

from __future__ import annotations

import ast
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coverage import CoverageData

from tests.mutants.draw import Mutant
from tests.mutants.strata import CORE
from tests.mutants.trees import Tree

FEW = 3  # tests
FOLDERS = ("tests/unit", "tests/golden", "tests/contract")
LEFT_OUT = ("bench", "cli", "docs_pages", "inspection", "local", "samples", "template")  # of the unit tests: other code


class BrokenTests(Exception):
    """Tests fail although nothing is mutated."""


@dataclass
class Covering:
    """`lines`: path -> line -> tests that run it, as `file::name`. Lines that run only at import have none there; lines
    that never run are missing. `importers`: path -> paths of the modules that import from it."""

    lines: dict[str, dict[int, list[str]]]
    importers: dict[str, list[str]] = field(default_factory=dict)

    def tests(self, mutant: Mutant, folders: tuple[str, ...]) -> list[str]:
        """Of these folders; the most specific first: those that run the fewest lines of the core. If no test or only a
        few run the mutated lines, all of its module too: a constant is set at import, a cached function runs once. If
        none does, also those of the modules that may use the constant."""
        lines = self.lines.get(mutant.path, {})
        direct = {test for line in mutant.lines for test in lines.get(line, ())}
        found = [*direct]
        if len(direct) < FEW and any(line in lines for line in mutant.lines):
            users = [] if direct else self.importers.get(mutant.path, [])
            found += (test for path in (mutant.path, *users) for test in self._tests_of(path))
        chosen = (test for test in dict.fromkeys(found) if test.startswith(folders))
        return sorted(chosen, key=lambda test: (test not in direct, self._lines_run[test], test))

    def _tests_of(self, path: str) -> set[str]:
        return {test for tests in self.lines.get(path, {}).values() for test in tests}

    def __post_init__(self) -> None:
        self._lines_run = Counter(test for file in self.lines.values() for tests in file.values() for test in tests)

    @classmethod
    def load(cls, path: Path) -> Covering:
        stored = json.loads(path.read_text("utf-8"))
        lines = {file: {int(line): tests for line, tests in at.items()} for file, at in stored["lines"].items()}
        return cls(lines, stored["importers"])

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), "utf-8")


def measure(tree: Tree, processes: int) -> Covering:
    """Raises BrokenTests."""
    left_out = [f"--ignore=tests/unit/{name}" for name in LEFT_OUT]
    options = [f"--numprocesses={processes}", f"--cov={CORE}", "--cov-context=test", "--cov-report="]
    done = subprocess.run(
        tree.pytest(*FOLDERS, *left_out, *options), cwd=tree.root, env=tree.environment, capture_output=True, text=True
    )
    if done.returncode:
        raise BrokenTests(done.stdout[-4000:] + done.stderr[-1000:])
    data = CoverageData(str(tree.root / ".coverage"))
    data.read()
    lines = {str(Path(path).relative_to(tree.root)): _tests_by_line(data, path) for path in data.measured_files()}
    return Covering(lines, importers(tree.root))


def _tests_by_line(data: CoverageData, path: str) -> dict[int, list[str]]:
    """A context is `file::name[parameters]|when`. Parameters are left out: a mutant may rename them."""
    return {
        line: sorted({context.partition("|")[0].partition("[")[0] for context in contexts if context})
        for line, contexts in data.contexts_by_lineno(path).items()
    }


def importers(root: Path) -> dict[str, list[str]]:
    """`Covering.importers`, of the core."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / CORE).rglob("*.py")):
        for imported in set(_imported(ast.parse(path.read_text("utf-8")))):
            file = CORE.parent / (imported.replace(".", "/") + ".py")
            if (root / file).exists():
                found.setdefault(str(file), []).append(str(path.relative_to(root)))
    return found


def _imported(module: ast.Module) -> Iterator[str]:
    """What may be a module: `from a.b import c` names a.b and a.b.c."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)

"""Which tests run each line of the core, from one run of all unit and contract tests with coverage.py."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

from tests.mutants.draw import Mutant
from tests.mutants.strata import CORE
from tests.mutants.trees import Tree

FEW = 3  # tests
FOLDERS = ("tests/unit", "tests/contract")
LEFT_OUT = ("bench", "cli", "docs_pages", "inspection", "local", "samples", "template")  # of the unit tests: other code


class BrokenTests(Exception):
    """Tests fail although nothing is mutated."""


@dataclass
class Covering:
    """`lines`: path -> line -> tests that run it, as `file::name`. Lines that run only at import have none there; lines
    that never run are missing."""

    lines: dict[str, dict[int, list[str]]]

    def tests(self, mutant: Mutant, folder: str) -> list[str]:
        """Of a folder; the most specific first: those that run the fewest lines of the core. If no test or only a few
        run the mutated lines, all of its module too: a constant is set at import, a cached function runs once."""
        lines = self.lines.get(mutant.path, {})
        direct = {test for line in mutant.lines for test in lines.get(line, ())}
        found = set(direct)
        if len(direct) < FEW and any(line in lines for line in mutant.lines):
            found |= {test for tests in lines.values() for test in tests}
        chosen = (test for test in found if test.startswith(folder))
        return sorted(chosen, key=lambda test: (test not in direct, self._lines_run[test], test))

    def __post_init__(self) -> None:
        self._lines_run = Counter(test for file in self.lines.values() for tests in file.values() for test in tests)

    @classmethod
    def load(cls, path: Path) -> Covering:
        stored = json.loads(path.read_text("utf-8"))
        return cls({file: {int(line): tests for line, tests in lines.items()} for file, lines in stored.items()})

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.lines), "utf-8")


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
    return Covering(
        {str(Path(path).relative_to(tree.root)): _tests_by_line(data, path) for path in data.measured_files()}
    )


def _tests_by_line(data: CoverageData, path: str) -> dict[int, list[str]]:
    """A context is `file::name[parameters]|when`. Parameters are left out: a mutant may rename them."""
    return {
        line: sorted({context.partition("|")[0].partition("[")[0] for context in contexts if context})
        for line, contexts in data.contexts_by_lineno(path).items()
    }

"""Mutants are drawn from every area, tried by the tests that cover them, and survivors must be explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import draw, report, strata, trial
from tests.mutants.covering import Covering, importers
from tests.mutants.draw import Mutant, Source
from tests.mutants.strata import CORE, LEFT_OUT, STRATA
from tests.mutants.trees import Tree
from tests.mutants.trial import Outcome

ROOT = Path(__file__).parents[2]
SUM = "def last(n):\n    found = sorted(range(n))\n    return found[n - 1]\n"
TEST = "from imagedrop.domain.sums import last\n\n\ndef test_last():\n    assert last(4) == 3\n"
PATH = f"{CORE}/domain/sums.py"
COVERING = Covering({PATH: {line: ["tests/unit/test_sums.py::test_last"] for line in (2, 3)}})
ONE_STRATUM = {"sums": ("domain/sums.py",)}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    original = tmp_path / "original"
    for name, text in {PATH: SUM, "tests/unit/test_sums.py": TEST}.items():
        (original / name).parent.mkdir(parents=True)
        (original / name).write_text(text)
    return Tree(original, tmp_path / "copy")


def forms(code: str) -> set[str]:
    source = Source("a.py", code)
    mutants = [source.mutant("any", change) for change in source.changes]
    return {mutant.now for mutant in mutants if mutant}


def mutant(now: str) -> Mutant:
    source = Source(PATH, SUM)
    mutants = [source.mutant("any", change) for change in source.changes]
    return next(mutant for mutant in mutants if mutant and mutant.now == now)


def test_every_module_of_the_named_areas_is_in_one_stratum_or_left_out() -> None:
    found = [path for patterns in (*STRATA.values(), LEFT_OUT) for path in strata.modules(ROOT, patterns)]
    areas = [path for area in strata.AREAS for path in (ROOT / CORE / area).rglob("*.py") if path.name != "__init__.py"]
    assert sorted(found) == sorted(str(path.relative_to(ROOT)) for path in areas)


def test_pattern_that_names_no_module_is_refused() -> None:
    with pytest.raises(ValueError, match="names no module"):
        strata.modules(ROOT, ("workflow/renamed.py",))


def test_same_seed_draws_the_same_mutants_and_another_seed_others(tree: Tree) -> None:
    drawn = [[mutant.now for mutant in draw.draw(tree.root, seed, 4, ONE_STRATUM)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 4


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if a and b:\n    c()", {"if True:", "if False:", "if a or b:", "if a:", "if b:", "pass"}),
        ('x = frozenset({"a", "b"})', {'x = frozenset({"a", })', 'x = frozenset({"b"})'}),
        ('x = [y for y in z if y.a == "b"]', {"x = [y for y in z if True]", 'x = [y for y in z if y.a != "b"]'}),
        ("f(1, strong=True)", {"f(1, strong=False)", "f(1, )", "f(2, strong=True)"}),
        ("try:\n    a()\nexcept Fault:\n    raise", {"except ():", "pass"}),
        ("WAIT = 60", {"WAIT = 0"}),
    ],
)
def test_code_is_changed_as_a_slip_would_change_it(code: str, expected: set[str]) -> None:
    assert expected <= forms(code)


@pytest.mark.parametrize(
    "code",
    ['"""A docstring."""', "import a", "x: int | None", 'log_drop("queued", row)', "assert a == 1", "LOG.info(f(1))"],
)
def test_code_without_effect_is_not_changed(code: str) -> None:
    assert forms(code) == set()


def test_mutant_is_killed_by_the_test_that_fails(tree: Tree) -> None:
    outcome = trial.try_mutant(tree, mutant("return found[n + 1]"), COVERING)
    assert outcome == Outcome("unit", "tests/unit/test_sums.py::test_last")
    assert (tree.root / PATH).read_text() == SUM


def test_mutant_that_no_test_notices_survives(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "HISTORIES_COMMAND", ("-c", "pass"))
    assert trial.try_mutant(tree, mutant("found = range(n)"), COVERING) == Outcome(None)


def test_mutant_that_never_ends_is_killed_by_time_out(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "CPU_SECONDS", 2)
    endless = replace(mutant("found = range(n)"), code="def last(n):\n    while True:\n        pass\n")
    assert trial.try_mutant(tree, endless, COVERING) == Outcome("unit", "time-out")


def test_mutant_with_which_its_test_cannot_be_imported_is_killed(tree: Tree) -> None:
    broken = replace(mutant("found = range(n)"), code="raise KeyError(1)\n")
    assert trial.try_mutant(tree, broken, COVERING) == Outcome("unit", "tests/unit/test_sums.py")


def test_mutant_is_not_tried_by_a_test_that_does_not_exist(tree: Tree) -> None:
    covering = Covering({PATH: {2: ["tests/unit/test_gone.py::test_last"]}})
    with pytest.raises(trial.CannotRun, match=r"test_gone\.py"):
        trial.try_mutant(tree, mutant("found = range(n)"), covering)


def test_most_specific_test_runs_first() -> None:
    covering = Covering({PATH: {2: ["tests/unit/wide", "tests/unit/narrow"], 3: ["tests/unit/wide"]}})
    assert covering.tests(mutant("found = range(n)"), ("tests/unit/",)) == ["tests/unit/narrow", "tests/unit/wide"]


def test_constant_is_tried_by_all_tests_of_its_module() -> None:
    covering = Covering({PATH: {1: [], 2: ["tests/unit/test_sums.py::test_last"]}})
    constant, dead_code = (replace(mutant("found = range(n)"), lines=range(line, line + 1)) for line in (1, 3))
    assert covering.tests(constant, ("tests/unit/",)) == ["tests/unit/test_sums.py::test_last"]
    assert covering.tests(dead_code, ("tests/unit/",)) == []


def test_constant_is_tried_by_the_tests_of_the_modules_that_import_it(tmp_path: Path) -> None:
    user = str(CORE / "domain/user.py")
    for path, code in ((PATH, "N = 1"), (user, "from imagedrop.domain import sums"), ("unrelated.py", "")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code)
    found = importers(tmp_path)
    assert found == {PATH: [user]}
    covering = Covering({PATH: {1: []}, user: {1: [], 2: ["tests/unit/uses_it"]}}, found)
    constant = replace(mutant("found = range(n)"), lines=range(1, 2))
    assert covering.tests(constant, ("tests/unit/",)) == ["tests/unit/uses_it"]


def test_code_that_one_test_runs_is_tried_by_the_others_of_its_module_too() -> None:
    covering = Covering({PATH: {2: ["tests/unit/first"], 3: ["tests/unit/first", "tests/unit/b", "tests/unit/a"]}})
    tests = covering.tests(mutant("found = range(n)"), ("tests/unit/",))
    assert tests == ["tests/unit/first", "tests/unit/a", "tests/unit/b"]


def test_run_is_good_enough_if_nine_of_ten_are_killed_and_survivors_are_explained() -> None:
    survivor = mutant("found = range(n)")
    explained = {("domain/sums.py last", survivor.was, survivor.now): "a range has the same items"}
    killed = (survivor, Outcome("unit", "a test"))
    assert report.good_enough([(survivor, Outcome(None))] + [killed] * 9, explained)
    assert not report.good_enough([(survivor, Outcome(None))] + [killed] * 8, explained)
    assert not report.good_enough([(survivor, Outcome(None))] + [killed] * 9, {})
    assert "NOT EXPLAINED" in report.report([(survivor, Outcome(None)), killed], {})
    assert "a range has the same items" in report.report([(survivor, Outcome(None)), killed], explained)


def test_explanations_name_code_that_exists() -> None:
    for at, was, _ in report.explanations():
        module = at.partition(" ")[0]
        text = " ".join(line.strip() for line in (ROOT / CORE / module).read_text("utf-8").splitlines())
        assert was in text, f"{module} has no {was!r} any more: remove its explanation"

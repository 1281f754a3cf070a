"""The cases leave nothing of events/ out."""

from imagedrop_local.stack.outputs import FUNCTIONS
from tests.sam_local.cases import all_cases, uncovered


def test_every_file_of_events_is_used() -> None:
    assert uncovered(all_cases()) == []


def test_every_function_runs_by_sam_local_invoke_on_each_file_of_its_own() -> None:
    cases = all_cases()
    assert {case.function for case in cases if case.plain} == set(FUNCTIONS)
    own = {(case.function, case.file) for case in cases if case.file.startswith(case.function)}
    assert own == {(case.function, case.file) for case in cases if case.plain}

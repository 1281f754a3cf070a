"""The cases use every file of events/."""

from imagedrop_local.stack.outputs import FUNCTIONS
from tests.sam_local.cases import all_cases, uncovered


def test_a_case_uses_every_file_of_events() -> None:
    assert uncovered(all_cases()) == []


def test_every_function_runs_with_sam_local_invoke_on_each_of_its_files() -> None:
    cases = all_cases()
    assert {case.function for case in cases if case.cold_start} == set(FUNCTIONS)
    own = {(case.function, case.file) for case in cases if case.file.startswith(case.function)}
    assert own == {(case.function, case.file) for case in cases if case.cold_start}

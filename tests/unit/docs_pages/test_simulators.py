"""docs/internals/simulators.md matches the code."""

from collections import Counter

from docs_pages.simulators import SEEN, UNSEEN, page
from imagedrop.settings import Settings
from imagedrop_local.project_paths import ROOT
from imagedrop_local.switches import Switches


def test_the_page_of_the_simulators_is_current() -> None:
    assert (ROOT / "docs/internals/simulators.md").read_text() == page(), "run `make pages`"


def test_the_page_lists_every_switch() -> None:
    assert all(f"| `{name}` |" in page() for name in Switches.model_fields)


def test_the_page_says_of_each_switch_once_whether_a_check_shows_it() -> None:
    said = Counter([*SEEN, *(name for names in UNSEEN.values() for name in names)])
    assert said == Counter(list(Switches.model_fields))


def test_the_page_names_checks_and_settings_that_exist() -> None:
    source = "".join(path.read_text() for path in (ROOT / "cli/imagedrop_cli/checkup").rglob("*.py"))
    assert [check for check, _ in SEEN.values() if f'"{check}"' not in source] == []
    assert {name for _, name in SEEN.values() if name} <= Settings.model_fields.keys()

"""docs/internals/simulators.md matches the code."""

from docs_pages.simulators import page
from imagedrop_local.project_paths import ROOT
from imagedrop_local.switches import Switches


def test_the_page_of_the_simulators_is_current() -> None:
    assert (ROOT / "docs/internals/simulators.md").read_text() == page(), "run `make pages`"


def test_the_page_lists_every_switch() -> None:
    assert all(f"| `{name}` |" in page() for name in Switches.model_fields)

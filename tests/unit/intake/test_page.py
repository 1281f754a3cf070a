"""docs/security.md shows the very pushes that are tried."""

from imagedrop_local.project_paths import ROOT
from tests.unit.intake.bad_pushes import BAD, table


def test_the_page_about_security_shows_every_bad_push() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    assert table() in page, table()


def test_every_kind_of_bad_push_is_tried_under_a_name_of_its_own() -> None:
    assert len({bad.what for bad in BAD}) == len(BAD)
    kinds = {"Malformed", "Oversized", "Unsigned", "Forged", "Foreign", "Stale", "Repeated", "Delayed"}
    assert {bad.fault for bad in BAD} == kinds

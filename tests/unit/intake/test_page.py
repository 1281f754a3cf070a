"""docs/security.md lists the bad pushes of these tests."""

from imagedrop_local.project_paths import ROOT
from tests.unit.intake.bad_pushes import BAD_PUSHES, table


def test_security_page_lists_every_bad_push() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    assert table() in page, table()


def test_bad_pushes_have_unique_names_and_cover_every_fault() -> None:
    assert len({bad.name for bad in BAD_PUSHES}) == len(BAD_PUSHES)
    kinds = {"Malformed", "Oversized", "Unsigned", "Forged", "Foreign", "Stale", "Repeated", "Delayed"}
    assert {bad.fault for bad in BAD_PUSHES} == kinds

"""The catalogue of findings, and the pages of docs/ generated from code."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from types import ModuleType

import pytest

from docs_pages import settings
from docs_pages.findings import page
from docs_pages.ims_checklist import CHECKLIST
from imagedrop.findings import Kind
from imagedrop.findings.catalogue import CATALOGUE
from imagedrop.findings.inspection import boot, preparation, systems, volumes
from imagedrop.settings import Settings

TESTS = Path(__file__).parents[1]
DOCS = TESTS.parents[1] / "docs"
KINDS = list(CATALOGUE.values())
named = pytest.mark.parametrize("kind", KINDS, ids=[kind.id for kind in KINDS])


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_findings_page_is_current() -> None:
    hint = "run: python -m docs_pages.findings > docs/findings.md"
    assert (DOCS / "findings.md").read_text(encoding="utf-8") == page(), hint


def test_settings_page_is_current() -> None:
    hint = "run: python -m docs_pages.settings > docs/settings.md"
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings.page(), hint


def test_settings_page_lists_every_variable() -> None:
    lines = settings.page().splitlines()
    for name in Settings.model_fields:
        assert [line for line in lines if line.startswith(f"| `IMAGEDROP_{name.upper()}` |")], name


@named
def test_findings_page_lists_kind_with_its_severity(kind: Kind) -> None:
    assert f"### `{kind.id}` ({kind.severity})" in page()


@named
def test_id_is_area_dot_name(kind: Kind) -> None:
    area, dot, what = kind.id.partition(".")
    assert dot
    assert area.isidentifier()
    assert what.isidentifier()
    assert kind.id == kind.id.lower()


@named
def test_chinese_text_uses_only_values_of_the_english_text(kind: Kind) -> None:
    assert placeholders(kind.zh_message) <= placeholders(kind.message) | placeholders(kind.fix)
    assert placeholders(kind.zh_fix) <= placeholders(kind.message) | placeholders(kind.fix)
    assert any("\u4e00" <= letter <= "\u9fa5" for letter in kind.zh_message + kind.zh_fix)


@named
def test_message_and_fix_end_as_sentences(kind: Kind) -> None:
    assert kind.message.endswith((".", "!", "?"))
    assert kind.fix.endswith((".", ")", "`", "?")) or "`" in kind.fix


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.severity == "info"], ids=lambda kind: kind.id)
def test_fix_of_an_info_says_that_no_action_is_needed_or_starts_with_a_verb(kind: Kind) -> None:
    assert kind.fix.startswith(("No action needed ", "Set ", "Delete "))


PROOFS = [proof for requirement in CHECKLIST for proof in requirement.tests.items()]


@pytest.mark.parametrize(("finding", "proof"), PROOFS)
def test_checklist_names_a_test_that_mentions_its_finding(finding: str, proof: str) -> None:
    file, _, name = proof.partition("::")
    text = (TESTS / file).read_text(encoding="utf-8")
    (test,) = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name]
    source = "".join(text.splitlines(keepends=True)[_first_line(test) - 1 : test.end_lineno])
    assert finding in CATALOGUE
    assert finding in source or finding.rpartition(".")[2].upper() in source


def _first_line(test: ast.FunctionDef) -> int:
    return min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)])


@pytest.mark.parametrize("topic", [preparation, boot, systems, volumes])
def test_checklist_has_every_finding_about_the_content_of_an_image(topic: ModuleType) -> None:
    kinds = {kind.id for kind in vars(topic).values() if isinstance(kind, Kind)}
    assert kinds
    assert kinds <= dict(PROOFS).keys()


PLAIN = re.compile(r"`[^`]*`|\{[^}]*\}|\"[^\"]*\"|<[^>]*>")  # code, values and quotations may be in any language


@named
def test_chinese_text_has_chinese_punctuation_and_no_english_words(kind: Kind) -> None:
    for text in (kind.zh_message, kind.zh_fix):
        prose = PLAIN.sub("", text)
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?()]|[,;:!?(] ?[\u4e00-\u9fff]", prose), prose
        assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", prose), prose
        assert not re.search(r"\b(the|is|and|of|to|not|with)\b", prose), prose
        assert text.endswith(("。", "`"))

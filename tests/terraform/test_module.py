"""deploy/huawei: every argument is one that the provider takes, and every reference is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imagedrop_local.project_paths import ROOT
from tests.terraform import modules

MODULE = ROOT / "deploy/huawei"
EXAMPLES = sorted((MODULE / "examples").iterdir())


@pytest.fixture(scope="module")
def module() -> modules.Module:
    return modules.read(MODULE)


def test_every_argument_is_known_required_ones_are_there_and_types_fit(module: modules.Module) -> None:
    assert list(modules.wrong_arguments(module, modules.known_arguments(MODULE / "arguments.json"))) == []
    assert len(module.resources) >= 12


def test_every_reference_is_declared_and_nothing_is_unused(module: modules.Module) -> None:
    assert list(modules.undeclared(module)) == []
    assert list(modules.unused(module)) == []


def test_variables_and_outputs_are_described(module: modules.Module) -> None:
    for name, body in {**module.variables, **module.outputs}.items():
        assert len(body["description"]) > 10, name
    assert all("type" in body for body in module.variables.values())


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_gives_only_variables_of_the_module_and_all_that_have_no_default(
    folder: Path, module: modules.Module
) -> None:
    example = modules.read(folder)
    [call] = example.calls.values()
    given = {name for name in call if not name.startswith("__")} - {"source"}
    needed = {name for name, body in module.variables.items() if "default" not in body}
    assert needed <= given <= module.variables.keys()
    assert list(modules.undeclared(example)) == []
    outputs = set(re.findall(r"module\.imagedrop\.(\w+)", example.text))
    assert outputs <= module.outputs.keys()


def test_the_readme_has_every_example() -> None:
    text = (MODULE / "README.md").read_text("utf-8")
    assert set(re.findall(r"\(examples/([\w-]+)/main\.tf\)", text)) == {folder.name for folder in EXAMPLES}


# --- each check is seen to fail

RESOURCE = """
variable "name" {{}}
resource "huaweicloud_smn_topic" "t" {{
  {0}
}}
"""


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('nmae = "x"', "there is no argument nmae"),
        ('display_name = "x"', "the argument name is missing"),
        ('name = "x"\n  tags = {}\n  push_policy = "x"', "there is no argument push_policy"),
        ("name = 1", "name is not a string: 1"),
    ],
)
def test_a_wrong_argument_is_found(tmp_path: Path, body: str, fault: str) -> None:
    (tmp_path / "main.tf").write_text(RESOURCE.format(body))
    known = {"huaweicloud_smn_topic": {"name*": "string", "display_name": "string", "tags": "map"}}
    found = list(modules.wrong_arguments(modules.read(tmp_path), known))
    assert any(fault in text for text in found), found


def test_a_wrong_argument_of_a_nested_block_is_found(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "r_x" "a" {\n  rule {\n    dyas = 1\n  }\n}\n')
    known = {"r_x": {"rule": {"days*": "number"}}}
    assert sorted(modules.wrong_arguments(modules.read(tmp_path), known)) == [
        "r_x.a.rule: the argument days is missing",
        "r_x.a.rule: there is no argument dyas",
    ]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("var.nmae", ["var.nmae"]),
        ("local.x", ["local.x"]),
        ("huaweicloud_smn_topic.other.id", ["huaweicloud_smn_topic.other"]),
        ("data.huaweicloud_x.y.id", ["data.huaweicloud_x.y"]),
        ('"${var.nmae}-x"', ["var.nmae"]),
        ("var.name # var.nothing", []),
    ],
)
def test_an_undeclared_reference_is_found(tmp_path: Path, value: str, fault: list[str]) -> None:
    (tmp_path / "main.tf").write_text(RESOURCE.format(f"name = {value}"))
    assert list(modules.undeclared(modules.read(tmp_path))) == fault

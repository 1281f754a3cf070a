"""The wheel that `pip install .` builds: what it requires, and what its command can do without the checkout."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from importlib import metadata
from pathlib import Path

import pytest

from imagedrop_local.project_paths import ROOT, SAMPLES

SAMPLE = SAMPLES / "windows-server-2022.qcow2"
PACKAGES = {"imagedrop", "imagedrop_local", "imagedrop_cli"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel. It is built from a copy, because setuptools writes into the source folder."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("layers/core", "local", "cli"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    subprocess.run([*pip, "--wheel-dir", str(built), str(source)], check=True, timeout=100)
    (archive,) = built.glob("*.whl")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(built / "unpacked")
    return built / "unpacked"


def run(wheel: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`imagedrop` of the wheel; only third-party packages come from the environment."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "imagedrop_cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(lines: list[str]) -> set[str]:
    """Distribution names of requirements, without those of extras."""
    plain = [line for line in lines if "extra ==" not in line]
    return {canonical(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]) for line in plain}


def with_all_they_require(names: set[str]) -> set[str]:
    """Distributions that pip installs for `names`, from the metadata of those installed here."""
    found: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        found.add(name)
        try:
            left |= required(metadata.requires(name) or []) - found
        except metadata.PackageNotFoundError:  # a requirement of another platform or Python
            continue
    return found


def third_party_imports(wheel: Path) -> set[str]:
    tops: set[str] = set()
    for file in wheel.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                tops.add(node.module.split(".")[0])
    return tops - sys.stdlib_module_names - PACKAGES


def test_the_wheel_requires_every_distribution_that_its_packages_import(wheel: Path) -> None:
    (file,) = wheel.glob("*.dist-info/METADATA")
    declared = Parser().parsestr(file.read_text("utf-8")).get_all("Requires-Dist", [])
    installed = with_all_they_require(required(declared))
    distributions = metadata.packages_distributions()
    imports = third_party_imports(wheel)
    assert {"typer", "pydantic", "ministack"} <= imports
    missing = {top for top in imports if not {canonical(name) for name in distributions[top]} & installed}
    assert missing == set()


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["schema"], ["check", str(SAMPLE)], ["init", "copy.qcow2", "--owner-email", "ada@example.com"]],
    ids=lambda arguments: arguments[0],
)
def test_the_command_of_the_wheel_works_in_a_folder_without_a_checkout(
    wheel: Path, tmp_path: Path, arguments: list[str]
) -> None:
    shutil.copy(SAMPLE, tmp_path / "copy.qcow2")
    ended = run(wheel, tmp_path, *arguments)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


def test_demo_of_the_wheel_says_that_it_needs_a_checkout(wheel: Path, tmp_path: Path) -> None:
    ended = run(wheel, tmp_path, "demo")
    assert ended.returncode == 1
    assert "needs a checkout of the project" in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr

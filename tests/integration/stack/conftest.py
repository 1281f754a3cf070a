"""The project's template with a probe instead of every function, in a stack that the tests of a module share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imagedrop_local.stack.outputs import FUNCTIONS
from imagedrop_local.stack.stack import Stack
from tests.integration.stack.helpers import probe_stack

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "template.yaml", folder)
    for name in FUNCTIONS:
        (folder / "functions" / name).mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("probe.py"), folder / "functions" / name / "app.py")
    (folder / "layers/core/imagedrop").mkdir(parents=True)
    (folder / "layers/core/imagedrop/__init__.py").touch()
    return folder


@pytest.fixture(scope="module")
def stack(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with probe_stack(tmp_path_factory.mktemp("stack"), project) as stack:
        yield stack

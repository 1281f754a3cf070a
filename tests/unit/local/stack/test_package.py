"""The same files give the same zip, without foreign files."""

import io
import os
import zipfile
from pathlib import Path

from imagedrop_local.stack import package


def names(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def project(folder: Path) -> Path:
    for name in ("app.py", "__pycache__/app.cpython-311.pyc", "imagedrop/deep/er.py", "requirements.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_the_zip_of_a_function_is_its_folder(tmp_path: Path) -> None:
    assert names(package.function(project(tmp_path))) == ["app.py", "imagedrop/deep/er.py", "requirements.txt"]


def test_the_zip_of_the_layer_is_the_projects_package_under_python(tmp_path: Path) -> None:
    assert names(package.layer(project(tmp_path))) == ["python/imagedrop/deep/er.py"]


def test_the_name_of_a_zip_depends_on_content_and_not_on_times(tmp_path: Path) -> None:
    before = package.name(package.function(project(tmp_path)))
    os.utime(tmp_path / "app.py", (0, 0))
    assert package.name(package.function(tmp_path)) == before
    (tmp_path / "app.py").write_text("changed")
    assert package.name(package.function(tmp_path)) != before

"""What `drop` uploads, in which order, and what it refuses to."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from imagedrop.credentials import HuaweiKeys
from imagedrop.settings import Settings
from imagedrop_cli import places
from imagedrop_local.house import SAMPLES
from imagedrop_local.memory.objects import MemoryObjects
from imagedrop_local.memory.time import SettableClock
from support.cli import Cli

SAMPLE = SAMPLES / "windows-server-2022.qcow2"


class Obs(places.Obs):
    """A bucket in memory, and the keys in the order in which they came."""

    def __init__(self) -> None:
        super().__init__(Settings(region="cn-north-4", drop_bucket="drops"), HuaweiKeys("ak", "sk"))
        self.memory = MemoryObjects(SettableClock(), "drops", "other")
        self.came: list[str] = []

    @property
    def objects(self) -> Any:
        return self.memory

    def client(self) -> Any:
        return self

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **more: Any) -> dict[str, str]:  # noqa: N803
        self.came.append(f"{Bucket}/{Key}")
        return {"ETag": self.memory.place(Bucket, Key, Body).etag}

    def sidecar(self, key: str, bucket: str = "drops") -> Any:
        return json.loads(self.memory.body(bucket, f"{key}.json") or b"")


@pytest.fixture
def obs(monkeypatch: pytest.MonkeyPatch) -> Obs:
    made = Obs()
    monkeypatch.setattr(places, "obs", lambda folder: made)
    return made


@pytest.fixture
def image(here: Path) -> Path:
    return written(here, {})


def written(folder: Path, fields: dict[str, Any]) -> Path:
    path = Path(shutil.copy(SAMPLE, folder / "w.qcow2"))
    said = json.loads(Path(f"{SAMPLE}.json").read_text("utf-8")) | fields
    Path(f"{path}.json").write_text(json.dumps(said))
    return path


def test_the_sidecar_comes_last_with_size_and_etag(cli: Cli, obs: Obs, image: Path) -> None:
    said = cli("drop", image, "--json")
    assert (said.code, obs.came) == (0, ["drops/w.qcow2", "drops/w.qcow2.json"])
    md5 = hashlib.md5(image.read_bytes()).hexdigest()
    sidecar = obs.sidecar("w.qcow2")
    assert (sidecar["size"], sidecar["etag"], sidecar["name"]) == (image.stat().st_size, md5, "windows-server-2022")
    assert (said.json["etag"], said.json["result"]) == (md5, None)


def test_what_the_sidecar_names_comes_first(cli: Cli, obs: Obs, here: Path) -> None:
    image = written(here, {"data_images": [{"file": "data.qcow2"}]})
    shutil.copy(SAMPLE, here / "data.qcow2")
    assert cli("drop", image).code == 0
    assert obs.came == ["drops/data.qcow2", "drops/w.qcow2", "drops/w.qcow2.json"]


@pytest.mark.parametrize("prefix", ["golden", "golden/", "/golden/"])
def test_into_another_folder_and_bucket(cli: Cli, obs: Obs, image: Path, prefix: str) -> None:
    assert cli("drop", image, "--bucket", "other", "--prefix", prefix).code == 0
    assert obs.came == ["other/golden/w.qcow2", "other/golden/w.qcow2.json"]


def test_what_is_wrong_is_not_uploaded(cli: Cli, obs: Obs, here: Path) -> None:
    image = written(here, {"min_disk": 20})
    said = cli("drop", image)
    assert (said.code, obs.came) == (1, [])
    assert "size.min_disk_small" in said.err


def test_unless_that_is_wanted(cli: Cli, obs: Obs, here: Path) -> None:
    image = written(here, {"min_disk": 20})
    assert cli("drop", image, "--no-check").code == 0
    assert obs.sidecar("w.qcow2")["size"] == image.stat().st_size


def test_a_sidecar_that_cannot_be_read_goes_as_it_is(cli: Cli, obs: Obs, image: Path) -> None:
    Path(f"{image}.json").write_text("no json")
    assert cli("drop", image, "--no-check").code == 0
    assert obs.memory.body("drops", "w.qcow2.json") == b"no json"


def test_without_a_sidecar_the_way_to_one_is_told(cli: Cli, obs: Obs, image: Path) -> None:
    Path(f"{image}.json").unlink()
    said = cli("drop", image)
    assert (said.code, obs.came) == (2, [])
    assert "imagedrop init" in said.err
    assert cli("drop", "nowhere.vhd").err == "imagedrop: nowhere.vhd: no such file\n"


def test_a_bucket_that_is_not_there_is_one_line(cli: Cli, obs: Obs, image: Path) -> None:
    said = cli("drop", image, "--bucket", "nowhere")
    assert (said.code, "NoSuchBucket" in said.err, said.out) == (1, True, "")

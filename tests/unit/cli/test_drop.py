"""What `drop` uploads, in which order, and what it refuses to."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from imagedrop.adapters.secrets import HuaweiKeys
from imagedrop.ports import ObjectsRefused
from imagedrop.settings import Settings
from imagedrop_cli import connections
from imagedrop_local.memory.fake_clock import SettableClock
from imagedrop_local.memory.objects import MemoryObjects
from imagedrop_local.project_paths import SAMPLES
from tests.support.cli import Cli

SAMPLE = SAMPLES / "windows-server-2022.qcow2"


class Obs(connections.ObsConnection):
    """A bucket in memory, and the keys in the order in which they came."""

    def __init__(self) -> None:
        super().__init__(
            Settings(region="cn-north-4", drop_bucket="drops", declarations_accepted=True), HuaweiKeys("ak", "sk")
        )
        self.memory = MemoryObjects(SettableClock(), "drops", "other")
        self.came: list[str] = []

    @property
    def objects(self) -> Any:
        return self.memory

    def client(self) -> Any:
        return self

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **more: Any) -> dict[str, str]:  # noqa: N803
        self.came.append(f"{Bucket}/{Key}")
        return {"ETag": self.memory.upload(Bucket, Key, Body).etag}

    def sidecar(self, key: str, bucket: str = "drops") -> Any:
        return json.loads(self.memory.body(bucket, f"{key}.json") or b"")


@pytest.fixture
def obs(monkeypatch: pytest.MonkeyPatch) -> Obs:
    made = Obs()
    monkeypatch.setattr(connections, "obs", lambda folder: made)
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
    assert cli("drop", "nowhere.vhd").err == "imagedrop: nowhere.vhd: No such file or directory\n"


def test_a_bucket_that_is_not_there_is_one_line(cli: Cli, obs: Obs, image: Path) -> None:
    said = cli("drop", image, "--bucket", "nowhere")
    assert (said.code, "no bucket nowhere" in said.err, said.out, obs.came) == (2, True, "", [])


@pytest.mark.parametrize("prefix", ["my images", "a,b", "tab\there"])
def test_a_key_that_ims_cannot_take_is_told_before_the_upload(cli: Cli, obs: Obs, image: Path, prefix: str) -> None:
    said = cli("drop", image, "--prefix", prefix)
    assert (said.code, obs.came) == (1, [])
    assert "place.folder_name" in said.err


def test_a_name_that_ims_cannot_take_is_told_before_the_upload(cli: Cli, obs: Obs, image: Path) -> None:
    renamed = image.rename(image.with_name("w 2022.qcow2"))
    said = cli("drop", renamed, "--sidecar", f"{image}.json")
    assert (said.code, "place.file_name" in said.err, obs.came) == (1, True, [])


def test_a_cold_bucket_is_told_before_the_upload(
    cli: Cli, obs: Obs, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obs.memory, "storage_class", lambda bucket: "COLD")
    said = cli("drop", image)
    assert (said.code, "place.bucket_class" in said.err, obs.came) == (1, True, [])


def test_whoever_may_only_upload_uploads(cli: Cli, obs: Obs, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(bucket: str) -> None:
        raise ObjectsRefused("403", "Forbidden")

    monkeypatch.setattr(obs.memory, "region", refuses)
    assert cli("drop", image).code == 0


@pytest.mark.parametrize(
    ("prefix", "word"),
    [(".imagedrop", "imagedrop's own"), ("p/" * 505, "1024 bytes"), ("elsewhere", "begin with golden/")],
)
def test_what_nobody_would_notice_is_not_uploaded(cli: Cli, obs: Obs, image: Path, prefix: str, word: str) -> None:
    if word.endswith("golden/"):
        obs.settings = obs.settings.model_copy(update={"drop_prefix": "golden/"})
    said = cli("drop", image, "--prefix", prefix, "--no-check")
    assert (said.code, obs.came, len(said.err.splitlines())) == (2, [], 1)
    assert word in said.err


@pytest.mark.parametrize(("image", "word"), [(".", "a folder"), ("/dev/null", "no file")])
def test_what_is_no_image_is_told_and_no_sidecar_of_it_missed(cli: Cli, image: str, word: str) -> None:
    assert cli("drop", image).err == f"imagedrop: {image} is {word}, not an image\n"


def test_a_bucket_s_name_that_cannot_be_is_a_wrong_call(cli: Cli, obs: Obs, image: Path) -> None:
    for call in (("drop", image, "--bucket", "Bad_Bucket!"), ("check", "obs://Bad_Bucket!/w.vhd")):
        said = cli(*call)
        assert (said.code, "is no bucket name" in said.err) == (2, True)

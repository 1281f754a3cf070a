"""What `drop` uploads, in which order, and what it refuses."""

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
    """Buckets in memory. `uploaded`: bucket/key in the order of the uploads."""

    def __init__(self) -> None:
        super().__init__(
            Settings(region="cn-north-4", drop_bucket="drops", declarations_accepted=True), HuaweiKeys("ak", "sk")
        )
        self.memory = MemoryObjects(SettableClock(), "drops", "other")
        self.uploaded: list[str] = []

    @property
    def objects(self) -> Any:
        return self.memory

    def client(self) -> Any:
        return self

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **options: Any) -> dict[str, str]:  # noqa: N803
        self.uploaded.append(f"{Bucket}/{Key}")
        return {"ETag": self.memory.upload(Bucket, Key, Body).etag}

    def sidecar(self, key: str, bucket: str = "drops") -> Any:
        return json.loads(self.memory.body(bucket, f"{key}.json") or b"")


@pytest.fixture
def obs(monkeypatch: pytest.MonkeyPatch) -> Obs:
    obs = Obs()
    monkeypatch.setattr(connections, "obs", lambda folder: obs)
    return obs


@pytest.fixture
def image(here: Path) -> Path:
    return write_image(here, {})


def write_image(folder: Path, fields: dict[str, Any]) -> Path:
    path = Path(shutil.copy(SAMPLE, folder / "w.qcow2"))
    sidecar = json.loads(Path(f"{SAMPLE}.json").read_text("utf-8")) | fields
    Path(f"{path}.json").write_text(json.dumps(sidecar))
    return path


def test_drop_uploads_the_sidecar_last_with_size_and_etag(cli: Cli, obs: Obs, image: Path) -> None:
    result = cli("drop", image, "--json")
    assert (result.code, obs.uploaded) == (0, ["drops/w.qcow2", "drops/w.qcow2.json"])
    md5 = hashlib.md5(image.read_bytes()).hexdigest()
    sidecar = obs.sidecar("w.qcow2")
    assert (sidecar["size"], sidecar["etag"], sidecar["name"]) == (image.stat().st_size, md5, "windows-server-2022")
    assert (result.json["etag"], result.json["result"]) == (md5, None)


def test_drop_uploads_data_images_first(cli: Cli, obs: Obs, here: Path) -> None:
    image = write_image(here, {"data_images": [{"file": "data.qcow2"}]})
    shutil.copy(SAMPLE, here / "data.qcow2")
    assert cli("drop", image).code == 0
    assert obs.uploaded == ["drops/data.qcow2", "drops/w.qcow2", "drops/w.qcow2.json"]


@pytest.mark.parametrize("prefix", ["golden", "golden/", "/golden/"])
def test_drop_uploads_to_the_given_bucket_and_prefix(cli: Cli, obs: Obs, image: Path, prefix: str) -> None:
    result = cli("drop", image, "--bucket", "other", "--prefix", prefix, "--folder", "my stack")
    assert (result.code, result.out.partition("state: ")[2]) == (
        0,
        "imagedrop status obs://other/golden/w.qcow2 --folder 'my stack'\n",
    )
    assert obs.uploaded == ["other/golden/w.qcow2", "other/golden/w.qcow2.json"]


def test_drop_uploads_nothing_if_there_are_errors(cli: Cli, obs: Obs, here: Path) -> None:
    image = write_image(here, {"min_disk": 20})
    result = cli("drop", image)
    assert (result.code, obs.uploaded) == (1, [])
    assert "size.min_disk_small" in result.err


def test_drop_with_no_check_uploads_despite_errors(cli: Cli, obs: Obs, here: Path) -> None:
    image = write_image(here, {"min_disk": 20})
    assert cli("drop", image, "--no-check").code == 0
    assert obs.sidecar("w.qcow2")["size"] == image.stat().st_size


def test_drop_with_no_check_uploads_an_invalid_sidecar_unchanged(cli: Cli, obs: Obs, image: Path) -> None:
    Path(f"{image}.json").write_text("no json")
    assert cli("drop", image, "--no-check").code == 0
    assert obs.memory.body("drops", "w.qcow2.json") == b"no json"


def test_drop_without_a_sidecar_suggests_init(cli: Cli, obs: Obs, image: Path) -> None:
    Path(f"{image}.json").unlink()
    result = cli("drop", image)
    assert (result.code, obs.uploaded) == (2, [])
    assert "imagedrop init" in result.err
    assert cli("drop", "nowhere.vhd").err == "imagedrop: nowhere.vhd: No such file or directory\n"


def test_drop_into_a_missing_bucket_prints_one_line(cli: Cli, obs: Obs, image: Path) -> None:
    result = cli("drop", image, "--bucket", "nowhere")
    assert (result.code, "bucket nowhere does not exist" in result.err, result.out, obs.uploaded) == (2, True, "", [])


@pytest.mark.parametrize("prefix", ["my images", "a,b", "tab\there"])
def test_drop_refuses_a_folder_name_that_ims_does_not_accept(cli: Cli, obs: Obs, image: Path, prefix: str) -> None:
    result = cli("drop", image, "--prefix", prefix)
    assert (result.code, obs.uploaded) == (1, [])
    assert "place.folder_name" in result.err


def test_drop_refuses_a_file_name_that_ims_does_not_accept(cli: Cli, obs: Obs, image: Path) -> None:
    renamed = image.rename(image.with_name("w 2022.qcow2"))
    result = cli("drop", renamed, "--sidecar", f"{image}.json")
    assert (result.code, "place.file_name" in result.err, obs.uploaded) == (1, True, [])


def test_drop_refuses_a_bucket_of_class_cold(cli: Cli, obs: Obs, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obs.memory, "storage_class", lambda bucket: "COLD")
    result = cli("drop", image)
    assert (result.code, "place.bucket_class" in result.err, obs.uploaded) == (1, True, [])


def test_drop_works_with_keys_that_may_only_upload(
    cli: Cli, obs: Obs, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(bucket: str) -> None:
        raise ObjectsRefused("403", "Forbidden")

    monkeypatch.setattr(obs.memory, "region", refuse)
    assert cli("drop", image).code == 0


@pytest.mark.parametrize(
    ("prefix", "word"),
    [(".imagedrop", "its own files"), ("p/" * 505, "1024 bytes"), ("elsewhere", "begin with golden/")],
)
def test_drop_refuses_a_key_that_the_functions_would_ignore(
    cli: Cli, obs: Obs, image: Path, prefix: str, word: str
) -> None:
    if word.endswith("golden/"):
        obs.settings = obs.settings.model_copy(update={"drop_prefix": "golden/"})
    result = cli("drop", image, "--prefix", prefix, "--no-check")
    assert (result.code, obs.uploaded, len(result.err.splitlines())) == (2, [], 1)
    assert word in result.err


@pytest.mark.parametrize(("image", "word"), [(".", "a folder"), ("/dev/null", "not a file")])
def test_drop_of_a_path_that_is_not_a_file_does_not_ask_for_a_sidecar(cli: Cli, image: str, word: str) -> None:
    assert cli("drop", image).err == f"imagedrop: {image} is {word}: give the path of an image\n"


def test_invalid_bucket_name_exits_2(cli: Cli, obs: Obs, image: Path) -> None:
    for arguments in (("drop", image, "--bucket", "Bad_Bucket!"), ("check", "obs://Bad_Bucket!/w.vhd")):
        result = cli(*arguments)
        assert (result.code, "is not a bucket name" in result.err) == (2, True)

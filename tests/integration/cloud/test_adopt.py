"""`imagedrop adopt` on a bucket that was in use."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imagedrop.adapters.obs.client import obs_client
from imagedrop.domain.object_keys import INSTALLATION, START
from imagedrop_cli.connections import ObsConnection
from imagedrop_local import simulated_cloud
from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.switches import Switches
from tests.support.cli import Cli, CliResult
from tests.support.doctor import KEYS, settings_file, site


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """With old images, of which some have sidecars, and a start that is later by more than BEFORE_START."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", KEYS.ak)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", KEYS.sk)
    monkeypatch.setattr("imagedrop.workflow.bucket_records.installation.BEFORE_START", 0.0)
    cloud = simulated_cloud.create_cloud(tmp_path / "cloud", Ports(), 60, Switches()).start()
    cloud.store.create_bucket("drops")
    put(cloud, "golden/a.vhd", "golden/a.vhd.json", "golden/b.vhd", "other/c.qcow2", "other/c.qcow2.json", "d.txt")
    time.sleep(1.1)  # LastModified has whole seconds
    put(cloud, START)
    yield cloud
    cloud.stop()


def client(cloud: Cloud) -> Any:
    return obs_client(site(cloud).settings, lambda: KEYS)


def put(cloud: Cloud, *keys: str) -> None:
    for key in keys:
        client(cloud).put_object(Bucket="drops", Key=key, Body=json.dumps({"name": key}).encode())


def times(cloud: Cloud) -> dict[str, Any]:
    return {item["Key"]: item["LastModified"] for item in client(cloud).list_objects_v2(Bucket="drops")["Contents"]}


@pytest.fixture
def adopt(cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., CliResult]:
    config = settings_file(tmp_path, cloud)
    return lambda *arguments: Cli(capsys)("adopt", "--config", config, *arguments)


def test_without_yes_it_only_lists(cloud: Cloud, adopt: Any) -> None:
    before = times(cloud)
    found = adopt()
    assert found.code == 0
    assert [line.split()[0] for line in found.out.splitlines()] == ["image", "golden/a.vhd", "other/c.qcow2"]
    assert "images with a sidecar: 2, without: 1" in found.err
    assert "repeat the command with --yes" in found.err
    assert times(cloud) == before


def test_with_yes_the_sidecars_are_new_and_nothing_else_is(cloud: Cloud, adopt: Any) -> None:
    before = times(cloud)
    time.sleep(1.1)
    assert adopt("--yes").out.splitlines()[-2:] == ["adopted golden/a.vhd", "adopted other/c.qcow2"]
    after = times(cloud)
    assert {key for key in after if after[key] != before[key]} == {"golden/a.vhd.json", "other/c.qcow2.json"}
    assert json.load(client(cloud).get_object(Bucket="drops", Key="golden/a.vhd.json")["Body"]) == {
        "name": "golden/a.vhd.json"
    }
    again = adopt("--json")
    assert again.json == {"pairs": [], "without_sidecar": 1, "adopted": False}


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("--prefix", "other/"), ["other/c.qcow2"]),
        (("--since", "2030-01-01"), []),
        (("--since", "2020-01-01"), ["golden/a.vhd", "other/c.qcow2"]),
    ],
)
def test_prefix_and_date_choose(adopt: Any, arguments: tuple[str, ...], keys: list[str]) -> None:
    assert adopt("--json", *arguments).json["pairs"] == keys


@pytest.mark.parametrize("prefix", ["", "other/", "gold"])
def test_prefix_outside_that_of_drops_is_refused(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str], prefix: str
) -> None:
    config = settings_file(tmp_path, cloud, drop_prefix="golden/")
    found = Cli(capsys)("adopt", "--config", config, "--prefix", prefix, "--yes")
    assert (found.code, "golden/" in found.err) == (2, True)
    assert "CopyObject" not in cloud.state()["calls"]["obs"]


def test_json_stands_alone(adopt: Any) -> None:
    found = adopt("--yes", "--json")
    assert found.json["adopted"] is True
    assert "adopted golden/a.vhd" in found.err


def test_one_that_cannot_be_adopted_does_not_stop_the_others(cloud: Cloud, adopt: Any) -> None:
    from imagedrop_local.faults import Fault

    cloud.faults.add(Fault(service="obs", call="CopyObject", fault="status", status=403, code="AccessDenied", times=1))
    found = adopt("--yes")
    assert (found.code, "golden/a.vhd: AccessDenied" in found.err) == (1, True)
    assert "adopted other/c.qcow2" in found.out


def test_bucket_on_which_imagedrop_was_not_started_is_an_error(cloud: Cloud, adopt: Any) -> None:
    client(cloud).delete_object(Bucket="drops", Key=START)
    found = adopt("--json", "--yes")
    assert found.code == 2
    assert "has not been started on the bucket drops yet" in found.json["error"]


def test_nothing_is_older_in_a_bucket_of_an_earlier_version(cloud: Cloud, adopt: Any) -> None:
    client(cloud).delete_object(Bucket="drops", Key=START)
    put(cloud, INSTALLATION)
    found = adopt("--json")
    assert (found.code, found.json) == (0, {"pairs": [], "without_sidecar": 0, "adopted": False})
    assert "every image in it is a drop already" in found.err


def test_config_and_folder_exclude_each_other(adopt: Any, tmp_path: Path) -> None:
    found = adopt("--folder", tmp_path)
    assert (found.code, "use --config or --folder, not both" in found.err) == (2, True)


def test_config_is_used_although_a_folder_is_in_the_environment(
    adopt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEDROP_FOLDER", str(tmp_path))
    assert adopt("--json").json["pairs"] == ["golden/a.vhd", "other/c.qcow2"]


def test_key_with_a_line_break_is_one_row(cloud: Cloud, adopt: Any) -> None:
    client(cloud).delete_object(Bucket="drops", Key=START)
    put(cloud, "golden/a\nb.vhd", "golden/a\nb.vhd.json")
    time.sleep(1.1)
    put(cloud, START)
    assert [line.split()[0] for line in adopt().out.splitlines()[1:2]] == ["golden/a\ufffdb.vhd"]
    assert "adopted golden/a\ufffdb.vhd" in adopt("--yes").out.splitlines()


def test_date_chooses_images_without_a_sidecar_too(adopt: Any) -> None:
    found = adopt("--json", "--since", "2030-01-01")
    assert found.json == {"pairs": [], "without_sidecar": 0, "adopted": False}
    assert "put on 2030-01-01 or later" in found.err


def test_sidecar_keeps_its_metadata_and_content_type(cloud: Cloud, adopt: Any) -> None:
    key = {"Bucket": "drops", "Key": "golden/a.vhd.json"}
    given = {"Metadata": {"ticket": "42"}, "ContentType": "text/json", "CacheControl": "no-store"}
    client(cloud).delete_object(Bucket="drops", Key=START)
    client(cloud).put_object(**key, Body=b"{}", **given)
    time.sleep(1.1)
    put(cloud, START)
    before = client(cloud).head_object(**key)["LastModified"]
    assert adopt("--yes").code == 0
    after = client(cloud).head_object(**key)
    assert {name: after[name] for name in given} == given
    assert after["LastModified"] > before


def test_metadata_that_cannot_be_kept_does_not_stop_the_others(
    cloud: Cloud, adopt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client_with_foreign_metadata(connection: ObsConnection) -> Any:
        client = obs_client(connection.settings, lambda: KEYS)
        client.meta.events.register("after-call.s3.HeadObject", lambda parsed, **_: parsed.update(next(answers, {})))
        return client

    answers = iter([{"Metadata": {"city": "Zürich"}}])  # botocore sends ASCII only
    monkeypatch.setattr(ObsConnection, "objects", ObsConnection(site(cloud).settings, KEYS).objects)
    monkeypatch.setattr(ObsConnection, "client", client_with_foreign_metadata)
    found = adopt("--yes")
    assert (found.code, "golden/a.vhd: Parameter validation failed: Non ascii" in found.err) == (1, True)
    assert "adopted other/c.qcow2" in found.out


def test_bucket_that_is_not_named_is_an_error(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setenv("IMAGEDROP_REGION", "cn-north-4")
    monkeypatch.setenv("HUAWEICLOUD_SDK_AK", KEYS.ak)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", KEYS.sk)
    found = Cli(capsys)("adopt")
    assert (found.code, "IMAGEDROP_DROP_BUCKET" in found.err) == (2, True)

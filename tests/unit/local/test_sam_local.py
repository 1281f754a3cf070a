"""The file with the settings for `sam local`."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from imagedrop_local import containers, sam_local


def test_each_address_on_this_machine_is_replaced_by_one_that_containers_reach(tmp_path: Path) -> None:
    settings = json.dumps({"aws_endpoint": "http://127.0.0.1:4566", "ims_endpoint": "http://127.0.0.1:4581"})
    variables = {"IMAGEDROP_SETTINGS": settings, "IMAGEDROP_DROPS_QUEUE": "http://127.0.0.1:4566/0/drops", "X": "y"}
    ports: list[int] = []

    def reach(port: int) -> str:
        ports.append(port)
        return f"10.0.0.1:{port + 1}"

    path = sam_local.write(tmp_path, variables, reach)
    found = json.loads(path.read_text("utf-8"))["Parameters"]
    assert json.loads(found["IMAGEDROP_SETTINGS"]) == {
        "aws_endpoint": "http://10.0.0.1:4567",
        "ims_endpoint": "http://10.0.0.1:4582",
    }
    assert (found["IMAGEDROP_DROPS_QUEUE"], found["X"]) == ("http://10.0.0.1:4567/0/drops", "y")
    assert ports == [4566, 4581]  # one relay for each


def fake_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    docker = folder / "docker"
    docker.write_text(f"#!/bin/sh\n{script}\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    "script",
    ["echo no such network >&2; exit 1", "echo []", "echo not JSON", """echo '[{"IPAM": {"Config": []}}]'"""],
)
def test_without_a_bridge_the_containers_of_docker_desktop_reach_this_machine_by_name(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, script)
    with ExitStack() as relays:
        assert sam_local.open_relays(relays)(4566) == "host.docker.internal:4566"


def test_without_docker_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with ExitStack() as relays:
        assert sam_local.open_relays(relays)(4566) == "host.docker.internal:4566"


def test_a_docker_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*arguments: object, timeout: float, **options: object) -> None:
        raise subprocess.TimeoutExpired("docker", timeout)

    fake_docker(tmp_path, monkeypatch, "sleep 60")
    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(TimeoutError, match="docker does not answer within 3 s"):
        containers.bridge()

"""The commands that run until they are stopped, as separate processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imagedrop_local import sockets
from imagedrop_local.project_paths import ROOT
from tests.support.e2e import PATIENCE, SAMPLE
from tests.support.signals import default_sigint
from tests.support.waiting import until

OTHER = "127.0.0.2"  # Linux: an address of this machine, too
COMMAND = [sys.executable, "-m", "imagedrop_cli"]
PACKAGES = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "local", "cli"))
FREE = [part for name in ("", "obs-", "ims-", "smn-", "intake-", "status-") for part in (f"--{name}port", "0")]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PYTHONPATH": PACKAGES}
    with default_sigint():
        process = subprocess.Popen(
            [*COMMAND, *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def run(*arguments: str) -> tuple[int, str, str]:
    with started(*arguments) as process:
        return ended(process)


def test_demo_prints_every_step() -> None:
    code, out, err = run("demo")
    assert (code, err) == (0, "")
    steps = ("up", "dropped", "events", "inspected", "accepted", "importing", "registered", "mailed")
    positions = [out.find(f" s  {step} ") for step in steps]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert "Hello Ada" in out


def test_up_continues_after_a_kill_and_stops_cleanly(tmp_path: Path) -> None:
    folder = str(tmp_path / "stack")
    with started("up", "--folder", folder, "--json", "--time-scale", "40", *FREE) as up:
        assert up.stdout is not None
        addresses = json.loads(up.stdout.readline())
        assert (Path(folder) / "stack.json").stat().st_mode & 0o777 == 0o600
        port = addresses["aws"]["endpoint"].rpartition(":")[2]
        code, out, err = run("up", "--folder", str(tmp_path / "other"), "--port", port)
        assert (code, f"127.0.0.1:{port} is in use" in err, len(err.splitlines())) == (1, True, 1)
        assert run("drop", str(SAMPLE), "--folder", folder, "--json")[0] == 0
        _wait_for_poll(addresses["simulators"]["state"])
        up.kill()
    with started("up", "--folder", folder, "--json", "--time-scale", "40", *FREE) as again:
        assert again.stdout is not None
        addresses = json.loads(again.stdout.readline())
        ports = [addresses[side]["endpoint"].rpartition(":")[2] for side in ("aws", "obs", "ims", "smn")]
        result = Path(folder) / "obs" / "drops" / f"{SAMPLE.name}.result.json"
        assert _wait_for_result(result, folder)["stage"] == "registered"
        assert len(list((Path(folder) / "ims" / "images").glob("*.json"))) == 1
        again.send_signal(signal.SIGTERM)
        code, out, err = ended(again)
    assert (code, out) == (0, "")
    assert "stopped" in err
    until(lambda: all(sockets.is_free(int(port)) for port in ports))
    assert not (Path(folder) / "stack.json").exists()


def test_cloud_prints_its_addresses_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    with started("cloud", "--folder", str(tmp_path), "--json", *FREE[2:8]) as cloud:
        assert cloud.stdout is not None
        addresses = json.loads(cloud.stdout.readline())
        assert {"obs", "ims", "smn", "simulators"} <= addresses.keys()
        cloud.send_signal(signal.SIGINT)
        assert ended(cloud)[:2] == (0, "")


def test_cloud_prints_the_address_at_which_others_reach_it(tmp_path: Path) -> None:
    with started("cloud", "--folder", str(tmp_path), "--address", OTHER, "--json", *FREE[2:8]) as cloud:
        assert cloud.stdout is not None
        addresses = json.loads(cloud.stdout.readline())
        assert {addresses[name]["endpoint"].rpartition(":")[0] for name in ("obs", "ims", "smn")} == {f"http://{OTHER}"}
        state = addresses["simulators"]["state"]
        for url in (state, state.replace(OTHER, sockets.LOOPBACK)):
            assert get(url)["signing_cert_url"].startswith(addresses["smn"]["endpoint"])
        cloud.send_signal(signal.SIGINT)
        assert ended(cloud)[:2] == (0, "")


def test_cloud_names_an_address_that_is_not_this_machines(tmp_path: Path) -> None:
    code, out, err = run("cloud", "--folder", str(tmp_path), "--address", "192.0.2.1", *FREE[2:8])
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "obs cannot listen on 192.0.2.1" in err


def get(url: str) -> dict[str, Any]:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _wait_for_poll(state: str) -> None:
    """Until IMS was asked for the job's state, so that there is a poll message in the queue."""

    def polled() -> bool:
        return bool(get(state)["calls"]["ims"].get("ShowJob"))

    until(polled, PATIENCE)


def _wait_for_result(result: Path, folder: str) -> dict[str, str]:
    try:
        until(result.exists, PATIENCE)
    except AssertionError as error:
        error.add_note(f"no result: {run('status', SAMPLE.name, '--folder', folder, '--json')}")
        raise
    document: dict[str, str] = json.loads(result.read_text("utf-8"))
    return document

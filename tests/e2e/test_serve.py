"""`imagedrop serve` against a cloud that is somewhere else: a drop's way, its mail, a clean stop and a kill."""

from __future__ import annotations

import email.policy
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from imagedrop_local import addresses, simulated_cloud
from imagedrop_local.cloud import Cloud, Ports
from imagedrop_local.project_paths import ROOT
from imagedrop_local.stack.aws import Clients
from tests.support.cli import Cli
from tests.support.e2e import PATIENCE, SAMPLE
from tests.support.signals import default_sigint
from tests.support.smtp_server import ScriptedSmtp
from tests.support.waiting import until

PACKAGES = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "local", "cli"))
KEYS = {"HUAWEICLOUD_SDK_AK": simulated_cloud.ACCESS_KEY, "HUAWEICLOUD_SDK_SK": simulated_cloud.SECRET_KEY}
SETTINGS = """
region = "cn-north-4"
project_id = "0123456789abcdef0123456789abcdef"
drop_bucket = "drops"
declarations_accepted = true
obs_endpoint = "{obs}"
obs_addressing = "path"
ims_endpoint = "{ims}"
poll_first = 1
poll_longest = 1
stall_after = 5
mail_from = "imagedrop@example.com"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"
installation = "test"
[server]
folder = "{folder}"
port = 0
intake_port = 0
status_port = 0
sweep_every = 1440  # the test runs the sweep itself
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    running = simulated_cloud.create_cloud(tmp_path / "cloud", Ports(), 600).start()
    running.store.create_bucket("drops")
    yield running
    running.stop()


class Server:
    """`stderr`: what it has written so far."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self._log = process, log

    @property
    def stderr(self) -> str:
        return self._log.read_text("utf-8")

    def ended(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(config: Path, **environment: str) -> Iterator[Server]:
    log = config.with_suffix(".log")
    variables = os.environ | {"PYTHONPATH": PACKAGES} | environment
    with log.open("w") as stderr, default_sigint():
        process = subprocess.Popen(
            [sys.executable, "-m", "imagedrop_cli", "serve", "--config", str(config)],
            env=variables,
            text=True,
            stderr=stderr,
        )
    server = Server(process, log)
    try:
        yield server
    finally:
        if process.poll() is None:
            server.ended(signal.SIGTERM)


def started(server: Server) -> Server:
    until(lambda: "imagedrop is running" in server.stderr or server.process.poll() is not None, PATIENCE)
    assert server.process.poll() is None, server.stderr
    return server


def put(cloud: Cloud, name: str, **sidecar: Any) -> Callable[[], Any]:
    """Drops the sample; returns what reads its result file."""
    bucket = cloud.folder / "obs/drops"
    (bucket / name).write_bytes(SAMPLE.read_bytes() + name.encode())
    content = {"name": Path(name).stem, "owner": {"email": "ada@example.com"}, **sidecar}
    (bucket / f"{name}.json").write_text(json.dumps(content))
    result = bucket / f"{name}.result.json"
    return lambda: json.loads(result.read_text("utf-8")) if result.exists() else None


def test_a_drop_is_registered_and_the_owner_gets_a_mail_before_and_after_a_kill(
    cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, config = tmp_path / "state", tmp_path / "imagedrop.toml"
    cli = Cli(capsys, "--folder", str(folder))

    def sweep() -> None:
        aws = (addresses.read(folder) or {})["aws"]
        assert "FunctionError" not in Clients(aws["endpoint"])("lambda").invoke(FunctionName=aws["functions"]["sweep"])

    with ScriptedSmtp() as smtp:
        config.write_text(SETTINGS.format(**cloud.urls, smtp=smtp.port, folder=folder))
        with serving(config, **KEYS, SMTP_USER="ada", SMTP_PASSWORD="pass") as server:
            started(server)
            for shown in ("bucket        drops", f"OBS           {cloud.urls['obs']}", f"127.0.0.1:{smtp.port}"):
                assert shown in server.stderr
            first = put(cloud, "first.qcow2")
            sweep()
            assert until(first, PATIENCE)["stage"] == "registered"
            until(lambda: smtp.mails, PATIENCE)
            until(lambda: 'poll {"level":"INFO"' in server.stderr, PATIENCE)  # the functions' logs
            assert server.ended(signal.SIGTERM) == 0
            assert "stopped" in server.stderr
            assert "Traceback" not in server.stderr
            assert simulated_cloud.SECRET_KEY not in server.stderr
        with serving(config, **KEYS) as server:
            started(server)
            assert "registered" in cli("status", "first.qcow2").out
            rejected = put(cloud, "rejected.qcow2", min_disk=10)
            sweep()
            assert until(rejected, PATIENCE)["stage"] == "rejected"
            until(lambda: len(smtp.mails) == 2, PATIENCE)
            assert cli("redrive", "rejected.qcow2").code == 0
            until(lambda: len(smtp.mails) == 3, PATIENCE)
            second = put(cloud, "second.qcow2")
            sweep()
            server.process.kill()
            server.process.wait()
        with serving(config, **KEYS) as server:  # the state is lost; the sweep at the start finds what was not finished
            started(server)
            assert until(second, PATIENCE)["stage"] == "registered"
            until(lambda: len(smtp.mails) == 4, PATIENCE)
    mails = [email.message_from_string(mail, policy=email.policy.default) for mail in smtp.mails]
    assert [mail["To"] for mail in mails] == ["ada@example.com"] * 4
    names = ("first", "rejected", "rejected", "second")
    assert all(name in str(mail["Subject"]) for name, mail in zip(names, mails, strict=True))
    assert len(cloud.state()["images"]) == 2


def test_wrong_settings_end_it_at_once_with_every_fault(tmp_path: Path) -> None:
    config = tmp_path / "imagedrop.toml"
    config.write_text('ims_task = 20\nregion = "cn-north-4"\n')
    with serving(config) as server:
        assert server.process.wait(PATIENCE) == 2
        assert server.stderr.count("imagedrop.toml: ") == 3, server.stderr
    with serving(tmp_path / "none.toml") as server:
        assert server.process.wait(PATIENCE) == 2
        assert "imagedrop serve --example" in server.stderr
    config.write_text(SETTINGS.format(obs="http://127.0.0.1:1", ims="http://127.0.0.1:1", smtp=1, folder=tmp_path))
    with serving(config) as server:
        assert server.process.wait(PATIENCE) == 2
        assert "HUAWEICLOUD_SDK_AK" in server.stderr


def test_serve_imports_no_simulator() -> None:
    code = "import sys, imagedrop_cli.serve; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": PACKAGES},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {name.split(".")[1] for name in done.stdout.split() if name.startswith("imagedrop_local.")}
    assert ours & {"obs", "ims", "smn", "gateway", "cloud", "faults", "http", "memory", "simulated_cloud"} == set()
    assert "stack" in ours


def test_the_unit_of_systemd_names_the_command_and_the_files(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [sys.executable])
    text = Cli(capsys)("serve", "--systemd", "--config", "/etc/imagedrop/imagedrop.toml").out
    assert f"ExecStart={sys.executable} serve --config /etc/imagedrop/imagedrop.toml\n" in text
    assert "EnvironmentFile=/etc/imagedrop/imagedrop.env\n" in text
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "imagedrop.service"
    unit.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert done.stderr == ""

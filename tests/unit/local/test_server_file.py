"""The settings file of `imagedrop serve`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from imagedrop.settings import Settings, SettingsError
from imagedrop_local import server_file
from imagedrop_local.server_file import ServerTable

LEAST = """
region = "cn-north-4"
project_id = "0123456789abcdef0123456789abcdef"
drop_bucket = "my-drops"
"""


def read(folder: Path, text: str) -> server_file.ServerFile:
    path = folder / "imagedrop.toml"
    path.write_text(text, encoding="utf-8")
    return server_file.read(path)


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read(folder, text)
    return raised.value.faults


def test_three_settings_are_enough(tmp_path: Path) -> None:
    found = read(tmp_path, LEAST)
    assert found.settings == Settings(
        region="cn-north-4", project_id="0123456789abcdef0123456789abcdef", drop_bucket="my-drops"
    )
    assert found.server == ServerTable()
    assert set(found.given) == {"region", "project_id", "drop_bucket"}


def test_settings_and_the_table_server_are_read(tmp_path: Path) -> None:
    more = 'ims_tasks = 20\nimage_suffixes = [".vhd", ".raw"]\n[server]\nfolder = "/srv/x"\nsweep_every = 5\n'
    found = read(tmp_path, LEAST + more)
    assert (found.settings.ims_tasks, found.settings.image_suffixes) == (20, (".vhd", ".raw"))
    assert (found.server.folder, found.server.sweep_every, found.server.port) == (Path("/srv/x"), 5, 4566)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = 'ims_task = 20\npoll_first = "x"\nledger_table = "t"\n[server]\nsweep_every = 0\nfolde = "/x"\n'
    assert faults(tmp_path, LEAST + text) == (
        "ledger_table cannot be set here: serve sets it itself",
        "poll_first: Input should be a valid integer, unable to parse string as an integer, not 'x'",
        "ims_task is no setting; did you mean ims_tasks?",
        "server.sweep_every: Input should be greater than or equal to 1, not 0",
        "server.folde is no setting; known here: folder, sweep_every, port, intake_port, status_port",
    )


def test_missing_settings_are_named_with_their_meaning(tmp_path: Path) -> None:
    assert [fault.partition(".")[0] for fault in faults(tmp_path, "")] == [
        "region is missing", "project_id is missing", "drop_bucket is missing",
    ]  # fmt: skip
    assert "Name of the OBS bucket" in faults(tmp_path, "")[2]


def test_mail_needs_a_server(tmp_path: Path) -> None:
    [fault] = faults(tmp_path, LEAST + 'mail_from = "imagedrop@example.com"\n')
    assert fault.startswith("mail_from needs smtp_host")
    read(tmp_path, LEAST + 'mail_from = "imagedrop@example.com"\nsmtp_host = "smtp.example.com"\n')


@pytest.mark.parametrize("text", ["region = ", "region: x", "[server", "server = 1\n" + LEAST, "\x00"])
def test_file_that_is_not_toml_or_has_a_wrong_table_says_so(tmp_path: Path, text: str) -> None:
    assert any("not TOML" in fault or fault.startswith("server") for fault in faults(tmp_path, text))


def test_file_of_other_characters_is_refused(tmp_path: Path) -> None:
    (tmp_path / "imagedrop.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not TOML"):
        server_file.read(tmp_path / "imagedrop.toml")


def test_example_has_every_setting_at_its_default(tmp_path: Path) -> None:
    """Its commented lines too are read, if somebody removes the `# `."""
    text = server_file.example()
    given = tomllib.loads(text)
    assert set(given) == {*server_file.REQUIRED, "declarations_accepted", "server"}
    uncommented = "\n".join(
        line.removeprefix("# ") for line in text.splitlines() if " = " in line and not line.startswith("# imagedrop")
    )
    everything = tomllib.loads(uncommented.replace("folder =", "[server]\nfolder =", 1))
    assert set(everything) == set(Settings.model_fields) - set(server_file.SET_BY_SERVER) | {"server"}
    assert ServerTable.model_validate(everything.pop("server")) == ServerTable()
    assert Settings.of(everything) == Settings()
    assert max(map(len, text.splitlines())) <= 120


def test_example_says_what_is_missing(tmp_path: Path) -> None:
    assert len(faults(tmp_path, server_file.example())) == 3

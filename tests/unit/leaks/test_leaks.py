"""A leaked secret fails the test that leaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imagedrop_local import local_stack, simulated_cloud
from imagedrop_local.project_paths import ROOT
from tests.support import planted_secrets, signed_requests

LEAKY = """
import logging, sys
from tests.support.planted_secrets import PLANTED, PRINTED

SK, TOKEN, LOCAL = PLANTED["a secret key"], PLANTED["a security token"], PRINTED["the local stack's key"]

def test_message(): logging.getLogger("imagedrop.x").warning("the key is %s", SK)
def test_extra(): logging.getLogger("imagedrop.x").warning("text", extra={"headers": {"x": TOKEN}})
def test_traceback():
    try:
        raise ValueError(SK)
    except ValueError:
        logging.getLogger("imagedrop.x").exception("text")
def test_no_handler():
    log = logging.getLogger("apart"); log.propagate = False; log.addHandler(logging.NullHandler())
    log.error(SK)
def test_local_log(): logging.getLogger("x").error(LOCAL)
def test_stdout(): print("key", SK)
def test_stderr(): print("key", SK, file=sys.stderr)
def test_read_back(capsys):
    print(SK)
    capsys.readouterr()
def test_header(): print("AWS4-HMAC-SHA256 Credential=AK/20261124/r/s3/aws4_request")
def test_signature(): print('"signature": "' + "q" * 40 + '"')

def test_no_secret(): logging.getLogger("x").error("the key is valid, signature=%s", "v1")
def test_up_prints_its_keys(): print(LOCAL)
def test_process(tmp_path):
    (tmp_path / "ministack.log").write_text("started\\n" + LOCAL)
"""


def test_leak_fails_the_test_that_leaks(tmp_path: Path) -> None:
    (tmp_path / "test_leaky.py").write_text(LEAKY)
    (tmp_path / "conftest.py").write_text((ROOT / "tests/conftest.py").read_text())
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'base'}"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(tmp_path / "base")  # or the search would find these leaks in this test
    outcomes = {
        line.partition("::")[2].split()[0]: line.split()[0] for line in done.stdout.splitlines() if "py::" in line
    }
    fails = {
        "message",
        "extra",
        "traceback",
        "no_handler",
        "local_log",
        "stdout",
        "stderr",
        "read_back",
        "header",
        "signature",
    }
    expected = {f"test_{name}": "ERROR" for name in (*fails, "process")}
    assert outcomes == expected | dict.fromkeys(("test_no_secret", "test_up_prints_its_keys"), "PASSED"), done.stdout
    assert "a secret key in the log of imagedrop.x, test_leaky:7" in done.stdout


def test_secrets_of_the_tests_are_found() -> None:
    from tests.contract.clouds import KEYS
    from tests.unit.intake.pushes import SECRET

    for secret in (signed_requests.SK, KEYS.sk, SECRET):
        assert list(planted_secrets.leaked(f"x{secret}x", log=False))
    for secret in (simulated_cloud.SECRET_KEY, local_stack.WEBHOOK_SECRET):
        assert list(planted_secrets.leaked(secret, log=True))
        assert not list(planted_secrets.leaked(secret, log=False))


@pytest.mark.parametrize(
    "text",
    [
        "AWS4-HMAC-SHA256 Credential=AK/20261124/cn-north-4/s3/aws4_request, SignedHeaders=host, Signature=0",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host",
        "Authorization: AWS AKTESTTESTTEST:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "GET /k?X-Amz-Signature=" + "a" * 64,
        "GET /k?AccessKeyId=AK&Signature=frJIUN8DYpKDtOLCwo%2F%2FyllqDzg%3D",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_signatures_and_private_keys_are_found(text: str) -> None:
    assert list(planted_secrets.leaked(text, log=False))

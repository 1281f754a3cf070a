"""`make localstack` is skipped without a LocalStack, and fails in CI if one was named and does not answer."""

from __future__ import annotations

import pytest

from imagedrop_local import sockets
from tests.localstack import __main__ as localstack


@pytest.mark.parametrize(
    ("endpoint", "in_ci", "code", "said"),
    [
        ("", "true", 0, "skipped, because it needs LocalStack and Docker on Linux: AWS_ENDPOINT_URL is not set"),
        ("http://127.0.0.1:9", "false", 0, "skipped"),
        ("http://127.0.0.1:9", "true", 1, "failed"),
        ("127.0.0.1:4566", "true", 1, "no LocalStack answers at 127.0.0.1:4566 (AWS_ENDPOINT_URL)"),
    ],
)
def test_what_it_says_and_returns_without_a_localstack(
    endpoint: str, in_ci: str, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sockets.is_free(9)
    monkeypatch.setattr("sys.argv", ["localstack"])
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("CI", in_ci)
    assert localstack.main() == code
    assert said in capsys.readouterr().out

from __future__ import annotations

from pathlib import Path

import pytest

from imagedrop_local.smn.certificate import Certificate
from tests.support.signed_requests import REGION


@pytest.fixture(scope="session")
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: generating an RSA key takes longer than any of these tests."""
    folder = tmp_path_factory.mktemp("key")
    Certificate(folder, REGION)
    return folder / "signing.pem"

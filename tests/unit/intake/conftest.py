"""SMN's key and certificate, and the ports and checks of intake."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from imagedrop.intake.receive import PushChecks
from imagedrop.intake.smn_certificates import Certificates
from imagedrop_local.memory import MemoryPorts, memory_ports, memory_settings
from tests.unit.intake.pushes import CERTIFICATE, CONFIRM, SECRET, SECRET_ID, TOPIC, Key, Web, certify

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def key() -> Key:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def other_key() -> Key:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def web(key: Key) -> Web:
    return Web({CERTIFICATE: certify(key), CONFIRM: b"confirmed"})


@pytest.fixture
def ports() -> MemoryPorts:
    return memory_ports(memory_settings(smn_topic_urn=TOPIC, webhook_secret=SECRET_ID))


@pytest.fixture
def checks(web: Web) -> PushChecks:
    return PushChecks({SECRET_ID: SECRET}.__getitem__, web, Certificates())


@pytest.fixture
def sample() -> Callable[[str], bytes]:
    return lambda name: (ROOT / "events" / name).read_bytes()


@pytest.fixture
def app() -> ModuleType:
    """functions/intake/app.py, loaded by its path, because every function has a module of this name."""
    spec = importlib.util.spec_from_file_location("intake_app", ROOT / "functions/intake/app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

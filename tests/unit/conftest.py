"""Unit tests open no connection at all, and how fast the machine is says nothing about what they test."""

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket

from tests.support.world import World

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.fixture
def world() -> World:
    return World()

"""Unit tests open no connection at all."""

import pytest
from pytest_socket import disable_socket

from tests.support.world import World


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.fixture
def world() -> World:
    return World()

"""Findings of the rules: the sidecar against the file, and both against what IMS takes; a module a topic."""

from imagedrop.findings.rules.config import *  # noqa: F403
from imagedrop.findings.rules.data import *  # noqa: F403
from imagedrop.findings.rules.drivers import *  # noqa: F403
from imagedrop.findings.rules.firmware import *  # noqa: F403
from imagedrop.findings.rules.formats import *  # noqa: F403
from imagedrop.findings.rules.integrity import *  # noqa: F403
from imagedrop.findings.rules.location import *  # noqa: F403
from imagedrop.findings.rules.sizes import *  # noqa: F403
from imagedrop.findings.rules.system import *  # noqa: F403

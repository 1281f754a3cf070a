"""Findings of the rules: sidecar against image, and both against what IMS accepts; one module a topic."""

from imagedrop.findings.rules.config import *  # noqa: F403
from imagedrop.findings.rules.data_images import *  # noqa: F403
from imagedrop.findings.rules.drivers import *  # noqa: F403
from imagedrop.findings.rules.firmware import *  # noqa: F403
from imagedrop.findings.rules.formats import *  # noqa: F403
from imagedrop.findings.rules.integrity import *  # noqa: F403
from imagedrop.findings.rules.location import *  # noqa: F403
from imagedrop.findings.rules.size import *  # noqa: F403
from imagedrop.findings.rules.system import *  # noqa: F403

"""Findings about the file itself and what it contains: ids `image.*`, one module a topic.

Values: `file` is the bare name of the image file, quoted for a shell; sizes and positions are bytes.
"""

from imagedrop.findings.inspection.boot import *  # noqa: F403
from imagedrop.findings.inspection.damaged import *  # noqa: F403
from imagedrop.findings.inspection.disk import *  # noqa: F403
from imagedrop.findings.inspection.not_read import *  # noqa: F403
from imagedrop.findings.inspection.other_files import *  # noqa: F403
from imagedrop.findings.inspection.preparation import *  # noqa: F403
from imagedrop.findings.inspection.systems import *  # noqa: F403
from imagedrop.findings.inspection.volumes import *  # noqa: F403
from imagedrop.findings.inspection.wrong_file import *  # noqa: F403

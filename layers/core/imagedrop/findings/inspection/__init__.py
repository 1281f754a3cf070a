"""What the inspection has to say about the file itself and what is in it: ids `image.*`, a module a topic.

Values: `file` is the image's bare name, quoted for a shell; sizes and places are bytes.
"""

from imagedrop.findings.inspection.apart import *  # noqa: F403
from imagedrop.findings.inspection.damaged import *  # noqa: F403
from imagedrop.findings.inspection.disk import *  # noqa: F403
from imagedrop.findings.inspection.mistaken import *  # noqa: F403
from imagedrop.findings.inspection.prepared import *  # noqa: F403
from imagedrop.findings.inspection.starting import *  # noqa: F403
from imagedrop.findings.inspection.systems import *  # noqa: F403
from imagedrop.findings.inspection.unread import *  # noqa: F403
from imagedrop.findings.inspection.volumes import *  # noqa: F403

"""The formats of disk images, one a module; base.py is what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagedrop.inspection.containers.base import Container

# format, or what is like one -> module, class
CONTAINERS = {
    "vhd": ("vhd", "Vhd"),
    "vhdx": ("vhdx", "Vhdx"),
    "vmdk": ("vmdk", "Vmdk"),
    "vmdk descriptor": ("vmdk_descriptor", "DescriptorFile"),
    "qcow2": ("qcow2", "Qcow2"),
    "qcow": ("qcow", "Qcow"),
    "qed": ("qed", "Qed"),
    "vdi": ("vdi", "Vdi"),
    "raw": ("raw", "Raw"),
    "zvhd": ("raw", "Zvhd"),
    "zvhd2": ("raw", "Zvhd2"),
}


def container(name: str) -> type[Container]:
    """The class that reads it. Its module is loaded here: an image needs one of them."""
    module, kind = CONTAINERS[name]
    found: type[Container] = getattr(__import__(f"{__name__}.{module}", fromlist=[kind]), kind)
    return found

"""The Windows inside: which it is, in which state it was left, and whether it can start on other hardware.

volumes.py       the NTFS volumes of a disk, side by side    installation.py  one Windows: its folder and its hives
facts.py         all of one Windows, and what it leads to    hibernation.py   hiberfil.sys
product.py       SOFTWARE: product, build, image state       control.py       SYSTEM: architecture, power, network
services.py      when services start, and from which file    drivers.py       those of VirtIO, with their files
cloudbase.py     Cloudbase-Init                              tools.py         what other platforms left behind
machine.py       the kernel's processor                      starting.py      whether a BIOS finds the boot manager
"""

"""The Windows on a disk: its version, the state it was left in, and whether it can start on other hardware.

volumes.py        the NTFS volumes of a disk            installation.py    a Windows: its folder and its hives
facts.py          all evidence, and the facts from it   machine.py         the architecture of the kernel
product.py        SOFTWARE: product, build, image state control_set.py     SYSTEM: architecture, power, network
services.py       when services start, and their files  drivers.py         the VirtIO drivers and their files
cloudbase_init.py Cloudbase-Init                        guest_tools.py     tools of other platforms
"""

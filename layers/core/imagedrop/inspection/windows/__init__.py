"""The Windows inside: which it is, in which state it was left, and whether it can start on other hardware.

volumes.py       the NTFS volumes of a disk, and what lies in their roots     hibernation.py  hiberfil.sys
installation.py  one Windows: its folder and its hives                       drivers.py      services and their files
product.py       SOFTWARE: product, edition, build, image state              services.py     other services that matter
control.py       SYSTEM: the control set that counts, architecture, network  starting.py     whether the disk starts it
"""

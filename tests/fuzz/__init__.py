"""Inspects images that were changed where the inspection reads them: `python -m tests.fuzz`.

images.py       the images: fixtures, conversions, crafted_disks.py   mutations.py   the changes
read_ranges.py  which ranges an inspection reads, with which reader   checksums.py   makes checksums right again
cases.py        one changed image: created, saved, reduced            violations.py  rules that an inspection must keep
trials.py       one inspection under its limits (limits.py)           workers.py     very many, and their totals.py
"""

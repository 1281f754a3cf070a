"""The inspection against images that were changed where it reads them: `python -m tests.fuzz`.

images.py    what is changed: fixtures, and their conversions   mutations.py  the changes
places.py    what a first look reads, and which reader it is    seals.py      checksums, made right again
cases.py     one changed image: made, kept, made smaller        verdicts.py   what an inspection may not do
trials.py    one inspection under its limits (limits.py)        workers.py    very many, and their sum (tally.py)
"""

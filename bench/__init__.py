"""Benchmarks that print ratios, not verdicts: `make bench`, or `python -m bench polling`."""

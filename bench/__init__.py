"""Benchmarks. They print ratios and check nothing: `make bench`, or `python -m bench polling`."""

"""Findings: each a problem or a fact that the inspection or a rule reports about a drop, with its fix.

Every kind of finding is declared once, by `error`, `warning` or `info`, in the module of its area; docs/findings.md is
generated from them. The id of a kind never changes once released: owners and programs match on it.
"""

from imagedrop.findings.kind import KINDS, Finding, Kind, error, has_errors, info, warning

__all__ = ["KINDS", "Finding", "Kind", "error", "has_errors", "info", "warning"]

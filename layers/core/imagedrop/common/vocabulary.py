"""Words that several rooms share, as types; apart from `findings`, which must be light to import."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "info"]
Language = Literal["en", "zh"]

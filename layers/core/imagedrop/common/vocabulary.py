"""Types for the words that several packages share."""

from typing import Literal

Severity = Literal["error", "warning", "info"]
Language = Literal["en", "zh"]

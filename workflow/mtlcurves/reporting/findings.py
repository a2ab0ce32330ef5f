"""What a finding of the report is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A sentence or two, and the numbers behind it."""

    sentence: str
    detail: str = ""

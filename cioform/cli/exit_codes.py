"""Exit codes that are outcomes; those of errors stand with the errors."""

PENDING = 2
"""Changes or drift wait."""
DECLINED = 4
"""Somebody was asked and did not say yes."""
INCOMPLETE = 8
"""Some of it was done."""

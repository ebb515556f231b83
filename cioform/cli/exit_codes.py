"""Exit codes that report an outcome; errors have theirs in core/errors."""

PENDING = 2
"""Changes or drift are pending."""
INVALID_FILES = 3
"""`validate` found an error."""
REFUSED = 4
"""A guard refuses the plan, or the user did not confirm."""
INCOMPLETE = 8
"""Only a part was done."""
TERMINATED = 143
"""Somebody asked the process to end (SIGTERM)."""

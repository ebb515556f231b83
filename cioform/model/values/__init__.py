"""Text types with a pattern, and the messages for invalid values."""

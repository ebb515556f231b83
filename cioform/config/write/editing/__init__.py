"""Edit documents that people wrote, and keep what they wrote."""

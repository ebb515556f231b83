"""Secrets: values that are never shown, and how they are found in texts."""

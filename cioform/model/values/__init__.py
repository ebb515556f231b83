"""Texts with a pattern, and the sentences for values that are wrong."""

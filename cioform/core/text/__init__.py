"""Sentences for people, and measures of texts."""

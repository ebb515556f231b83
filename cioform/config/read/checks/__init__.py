"""Checks of documents that have been read."""

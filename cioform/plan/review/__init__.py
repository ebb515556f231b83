"""Reviewed changes, and whether they are what is applied."""

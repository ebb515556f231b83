"""Merge edits in the workspace into the fields of a file."""

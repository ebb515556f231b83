"""Paths of a field in files, in the canonical form and in the audit log."""

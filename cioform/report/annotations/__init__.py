"""Render findings, plans and drift for CI systems and code scanners."""

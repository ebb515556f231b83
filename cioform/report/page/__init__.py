"""Render a plan or drift as one HTML page that loads nothing."""

"""Render the findings of `cioform lint`."""

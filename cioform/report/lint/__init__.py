"""Render the findings of `cioform lint`: for people, programs, CI systems and code scanners."""

"""Commits of runs, and the settings of the base of a pull request."""

"""Shared state on a ref of a Git remote, by plumbing commands only."""

"""Queries about files, state and workspace, without a change to any of them."""

"""Shared code of the commands for many workspaces."""

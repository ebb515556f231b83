"""Plans and drift of many workspaces, in one report."""

"""The content of workspaces, in SQLite."""

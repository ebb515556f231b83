"""What a workspace holds, in SQLite."""

"""Take edits of the workspace into the files."""

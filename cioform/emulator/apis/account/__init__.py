"""What belongs to an account: workspaces, tags, topics, message limits."""

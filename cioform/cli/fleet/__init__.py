"""What commands for many workspaces have in common."""

"""Work on many workspaces of a project with one command."""

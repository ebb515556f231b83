"""Render what CI jobs found out about several workspaces, for pull requests and issues."""

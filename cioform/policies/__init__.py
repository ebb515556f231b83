"""Policies: what an organization allows in its workspaces, as data with tests of its own."""

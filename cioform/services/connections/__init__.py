"""Connections to a workspace: over the network, or to the sandbox in this process."""

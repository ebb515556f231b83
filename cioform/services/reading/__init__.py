"""Read the workspace and its state, after resolving what interrupted runs left open."""

"""Read and write campaigns: the requests to both APIs, and the fewest of them for a change."""

"""Read and write campaigns over both APIs, with as few requests as a change needs."""

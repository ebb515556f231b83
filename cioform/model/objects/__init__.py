"""Live, applied and desired objects, and snapshots of them."""

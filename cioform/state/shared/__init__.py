"""A state that several machines share, over any storage with compare-and-swap."""

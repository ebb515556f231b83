"""What a resource and a kind are. No I/O."""

"""What `cioform lint` does."""

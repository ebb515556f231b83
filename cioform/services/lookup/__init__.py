"""What files, state and workspace know, without a change to any of them."""

"""The list of commands, and what is said of them without loading them."""

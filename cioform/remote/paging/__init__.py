"""Read a list to its end, in either paging style."""

"""The data that messages need, what is declared of it, and whether data fits. Pure: no I/O."""

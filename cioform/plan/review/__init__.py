"""What was reviewed, and whether it is what is applied."""

"""What can be done with objects, and by which route."""

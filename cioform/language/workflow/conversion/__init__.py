"""Convert the tree of steps in a file to a graph of actions, and back."""

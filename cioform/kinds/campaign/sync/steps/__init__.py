"""Write the steps of a workflow and the edges between them."""

"""Import people and events from files: lines become items, items become batches."""

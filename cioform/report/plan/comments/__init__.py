"""A plan as the comment of a pull request, in Markdown."""

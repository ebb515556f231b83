"""HTML and CSS of messages, and the support of mail programs for them."""

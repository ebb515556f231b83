"""What is shown, decided once, and the forms it is shown in: text, Markdown, JSON."""

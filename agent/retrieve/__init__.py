"""What bears on a customer and a new category: candidates, history, known categories, other customers' choices."""

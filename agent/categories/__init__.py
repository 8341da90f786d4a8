"""Where a category, or a product, belongs among the categories that a shop knows."""

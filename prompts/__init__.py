"""The prompts: template files that people edit, and the little code that checks and renders them."""

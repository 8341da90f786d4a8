"""How a turn is read: one module for each thing that people say."""

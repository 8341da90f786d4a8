"""newaisle as programs use it: one Shop, with every answer and every way to write."""

"""What opens and holds the parts that answers are made with."""

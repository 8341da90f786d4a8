"""What goes out as JSON, and what is asked: plain data that every part of the agent may name."""

"""What a language model is asked for an answer, and the check of what it says."""

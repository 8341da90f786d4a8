"""A second check of explanations, which shares nothing with what makes and checks them: for the figures published."""

"""newaisle: explained recommendations from a shop category that nobody has bought from yet."""

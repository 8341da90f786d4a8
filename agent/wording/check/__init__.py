"""The check of a phrased explanation against the claims it was made from."""

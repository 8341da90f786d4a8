"""Claims: checkable reasons for a recommendation, and the sentences that say them."""

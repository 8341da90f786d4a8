"""The lines of the table that `benchmarks.explanations` prints."""

from __future__ import annotations

from newaisle.agent.cli.measured_text import COUNTED, TEXTS, TIMES, Line, share

LINES: tuple[Line, ...] = (
    COUNTED,
    ("statements", lambda one: f"{one.statements:,}"),
    ("  supported", share("precision")),
    ("  that nobody can look up", share("opinions")),
    ("texts supported as a whole", share("fully_supported")),
    ("with a claim about the product", share("product_side")),
    ("with a claim on the history", share("history_side")),
    ("  where a row of it counts", share("history_side_where_it_counts")),
    ("  of which with a counterfactual", share("counterfactual")),
    *TEXTS,
    ("English ones worded by the model", share("by_model")),
    ("  at the second try", share("second_try")),
    *TIMES,
)

"""A page of HTML with a model's texts beside the claims' own sentences, which asks the network for nothing."""

from __future__ import annotations

from newaisle.agent.evaluate.report import environment
from newaisle.agent.evaluate.variants import VariantComparison, VariantMeasured
from newaisle.agent.evaluate.wording import percent

_TEMPLATE = "texts.html"


def figures(found: VariantComparison | VariantMeasured) -> list[tuple[str, list[str]]]:
    """What was measured, by its name: a cell for each variant; what has no figure for each is left out."""
    each = found.contestants
    gains = [one.gain for one in each if one.gain]
    rows = [
        (found.quality, [f"{one.quality:.3f}" for one in each]),
        (found.of_use, [percent(one.of_use) for one in each]),
        ("only the claims' own sentences again", [_share(one.again) for one in gains]),
        ("distinct first three words", [_share(one.openings) for one in gains]),
        ("distinct first three words, titles masked", [_share(one.masked_openings) for one in gains]),
        ("tokens read an answer", [f"{one.evaluated:.0f}" for one in each]),
        ("tokens written an answer", [f"{one.generated:.1f}" for one in each]),
        ("seconds an answer", [f"{one.seconds:.2f}" for one in each]),
    ]
    return [(name, cells) for name, cells in rows if len(cells) == len(each)]


def render_texts(found: VariantComparison | VariantMeasured) -> str:
    """The whole page."""
    return environment().get_template(_TEMPLATE).render(found=found, figures=figures(found))


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value)

"""`newaisle calibrate`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.options import home_option, pass_settings
from newaisle.agent.cli.screen import note, progress_bars, working
from newaisle.agent.cli.tables import print_json, stdout_console, table
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.learn.calibrate import Calibration


@click.command()
@click.option("--reset", is_flag=True, help="Go back to the default weights.")
@click.option("--json", "as_json", is_flag=True, help="Print what was learned as JSON.")
@home_option
@pass_settings
def calibrate(settings: Settings, /, reset: bool, as_json: bool) -> None:
    """Learn from the shop's own past how to meet a category that it has not had.

    Every category is left out once, and foretold from the others. The weights of the signals are kept only where they
    rank categories left out better than the default ones; scores become probabilities either way. Run it again when
    the shop has grown by a good deal: `newaisle eval` says what it is worth.

    \b
    Examples:
      newaisle calibrate
      newaisle calibrate --json
      newaisle calibrate --reset
    """
    from newaisle.agent.cli.opening import unseen

    shop = unseen(settings)
    if reset:
        shop.reset_blend()
        note("back to the default weights; there are no probabilities until `newaisle calibrate` is run")
        return
    with working("reading the shop"), progress_bars({"categories": "leaving categories out"}) as progress:
        found = shop.calibrate(progress=partial(progress, "categories"))
    if as_json:
        print_json(_as_plain_data(found))
    else:
        _print(found)


def _as_plain_data(found: Calibration) -> dict[str, Any]:
    from dataclasses import asdict

    judged = found.judged.model_dump() if found.judged else None
    return {"blend": asdict(found.blend), "judged": judged}


def _print(found: Calibration) -> None:
    from newaisle.agent.rank.blend import DEFAULT_BLEND

    console = stdout_console()
    if found.judged is None:
        console.print("Too little to learn from: five categories and a hundred first steps into them are needed.")
        console.print("The default weights stay, and there are no probabilities.")
        return
    judged = found.judged
    verdict = "the learned weights are kept" if judged.kept else "not enough to keep them: the default weights stay"
    console.print(
        f"NDCG@10 on {judged.cases:,} cases of {judged.categories} categories left out: {judged.learned:.4f} with"
        f" weights learned on the others, {judged.default:.4f} with the default ones"
        f" ({judged.gain:+.4f} ± {judged.gain_se:.4f}): {verdict}."
    )
    made = table("signal", "weight", "default", lines="all", texts=["weight", "default"])
    for name in {**DEFAULT_BLEND.weights, **found.blend.weights}:
        made.add_row(name, *(f"{blend.weights.get(name, 0):.2f}" for blend in (found.blend, DEFAULT_BLEND)))
    console.print(made)
    console.print(
        f"Choices of others in a category: the nearest customers count {found.blend.likeness:g} times as much as all"
        f" together; what texts make one expect is worth {found.blend.prior:g} choices."
    )

"""`newaisle calibrate`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.options import home_option, model_options, pass_settings
from newaisle.agent.cli.screen import note, progress_bars, working
from newaisle.agent.cli.tables import print_json, stdout_console, table
from newaisle.agent.settings.settings import NO_MODEL, Settings

if TYPE_CHECKING:
    from newaisle.agent.learn.calibrate import Calibration
    from newaisle.agent.learn.learned import JudgedLikelihood
    from newaisle.agent.library.shop import Shop
    from newaisle.progress import Progress


_STAGES = {
    "categories": "leaving categories out",
    "likelihood": "asking the language model",
    "wording": "wording reasons",
}


@click.command()
@click.option("--reset", is_flag=True, help="Go back to the default weights.")
@click.option("--llm", is_flag=True, help="Also weigh the language model, up to five minutes.")
@click.option("--json", "as_json", is_flag=True, help="Print what was learned as JSON.")
@home_option
@model_options
@pass_settings
def calibrate(settings: Settings, /, reset: bool, llm: bool, as_json: bool) -> None:
    """Learn from the shop's own past how to meet a category that it has not had.

    Every category is left out once, and foretold from the others. The weights of the signals are kept only where they
    rank categories left out better than the default ones; scores become probabilities either way. Run it again when
    the shop has grown by a good deal: `newaisle eval` says what it is worth.

    With --llm the language model in use is asked about up to 150 of these cases as it would be in an answer, and ranks
    from then on (`--llm-rank auto`) where that is surely better, whatever its size. It also words 20 texts, by which
    `--wording auto` goes.

    \b
    Examples:
      newaisle calibrate
      newaisle calibrate --llm
      newaisle calibrate --json
      newaisle calibrate --reset
    """
    from newaisle.agent.cli.opening import unseen

    shop = unseen(settings)
    if llm and settings.model == NO_MODEL:
        raise click.UsageError("--llm needs a language model: give --model NAME")
    if reset:
        shop.reset_blend()
        note("back to the default weights; there are no probabilities until `newaisle calibrate` is run")
        return
    with working("reading the shop"), progress_bars(_STAGES) as progress:
        found = shop.calibrate(llm=llm, progress=progress)
        wording = _wording(settings, shop, partial(progress, "wording")) if llm else None
    if as_json:
        print_json({**_as_plain_data(found), "wording": wording})
    else:
        _print(found, llm)
        if wording:
            stdout_console().print(f"{wording}.")


def _wording(settings: Settings, shop: Shop, progress: Progress) -> str | None:
    """What was found of the model's texts, by as many as it takes; None where it writes none in this shop."""
    from newaisle.agent.evaluate.variant_cases import answer_enough
    from newaisle.agent.evaluate.variants import Variant
    from newaisle.agent.shop.backends import wording_of
    from newaisle.agent.shop.wording import ENOUGH
    from newaisle.errors import RequestError
    from newaisle.prompts.library import load_template

    parts = shop.parts
    if parts.model is None:
        return None
    model, template = parts.model(), load_template("explain", language="en", folder=parts.prompts_folder)
    try:
        answered = answer_enough(Variant(model.name, template, model), parts, ENOUGH, progress)
    except RequestError:  # it does not write the language of these products
        return None
    return f"{model.name} {wording_of(settings).put(template, answered.texts(0)).told}"


def _as_plain_data(found: Calibration) -> dict[str, Any]:
    from dataclasses import asdict

    judged = found.judged.model_dump() if found.judged else None
    likelihood = found.likelihood.model_dump() if found.likelihood else None
    return {"blend": asdict(found.blend), "judged": judged, "likelihood": likelihood}


def _print(found: Calibration, llm: bool) -> None:
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
    if llm:
        console.print(_of_model(found.likelihood))


def _of_model(found: JudgedLikelihood | None) -> str:
    if found is None:
        return "Too little to weigh the language model by: twenty cases are needed that it could change."
    verdict = (
        f"it ranks from now on, with weight {found.weight:g}" if found.kept else "not enough: it ranks only if asked to"
    )
    return (
        f"{found.model}, asked about {found.asked} of {found.cases} cases: {found.gain:+.4f} ± {found.gain_se:.4f}"
        f" NDCG@10, {found.seconds:.1f} s an answer: {verdict}."
    )

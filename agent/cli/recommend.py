"""`newaisle recommend` and `newaisle schema`."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from newaisle.agent.cli.complete import complete_customer
from newaisle.agent.cli.files import read_products, text_of
from newaisle.agent.cli.opening import opened
from newaisle.agent.cli.options import (
    TEXT,
    answer_option,
    brief_option,
    candidates_option,
    category_option,
    every_setting,
    is_flag,
)
from newaisle.agent.cli.screen import detail, note, say
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.schema.answer import RecommendationSet
    from newaisle.agent.schema.query import Asked
    from newaisle.agent.schema.style import Switch

Format = Literal["json", "jsonl", "table"]


class _Price(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        price: float = super().convert(value, param, context)
        if not math.isfinite(price):
            self.fail(f"{value} is not a price", param, context)
        return price


user_option = click.option(
    "--user",
    "user_id",
    type=TEXT,
    metavar="ID",
    shell_complete=complete_customer,
    help="The customer; left out: somebody without a history.",
)
style_option = answer_option("style")
wording_option = answer_option("wording")
count_option = answer_option("k")
llm_rank_option = click.option(
    "--llm-rank",
    type=click.Choice(["auto", "on", "off"]),
    default="auto",
    show_default=True,
    help="Whether the language model ranks; auto: if `calibrate --llm` found it pays, or it is large.",
)
_WHOM = [
    user_option,
    category_option("The category: its name, or its whole path.", required=True),
]
_HOW = [
    brief_option("What a category is about that the catalogue lacks."),
    candidates_option,
    answer_option("language"),
    style_option,
]
_LIMITS = [
    count_option,
    click.option(
        "--max-price", type=_Price(min=0), metavar="PRICE", help="Nothing dearer; an unknown price is left out."
    ),
    click.option(
        "--min-price", type=_Price(min=0), metavar="PRICE", help="Nothing cheaper; an unknown price is left out."
    ),
    answer_option("currency"),
    click.option(
        "--brand", "brands", type=TEXT, multiple=True, metavar="B", help="Only this brand; may be given again."
    ),
    click.option(
        "--not-brand", "not_brands", type=TEXT, multiple=True, metavar="B", help="Not this brand; may be given again."
    ),
    click.option(
        "--word", "words", type=TEXT, multiple=True, metavar="WORD", help="Only with this word; may be given again."
    ),
    click.option(
        "--exclude", type=TEXT, multiple=True, metavar="WORD", help="Nothing with this word; may be given again."
    ),
    click.option("--out-of-stock", is_flag=True, help="Also products known to be out of stock."),
    click.option(
        "--diversity",
        type=click.FloatRange(0, 1),
        metavar="SHARE",
        help="How much products unlike each other are preferred; 0: variants of one product too. [default: 0.1]",
    ),
]


def asking(command: Any) -> Any:
    """The options that say for whom and from what to recommend."""
    return _with([*_WHOM, *_HOW], command)


def asking_how(command: Any) -> Any:
    """The options that say how to recommend, as `asking` has them; they are arguments of `asked_how`."""
    return _with(_HOW, command)


def limiting(command: Any) -> Any:
    """The options that say which products are wanted; all make `asked_within`."""
    return _with(_LIMITS, command)


def _with(options: Sequence[Callable[[Any], Any]], command: Any) -> Any:
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@asking
@limiting
@llm_rank_option
@wording_option
@click.option("--strict", is_flag=True, help="Fail (4 or 5) instead of answering without a part, or replacing a text.")
@click.option("--json", "form", flag_value="json", help="Print the whole answer as JSON.  [default in a pipe]")
@click.option("--jsonl", "form", flag_value="jsonl", help="Print one recommendation a line.")
@click.option("--table", "form", flag_value="table", help="Print a table.  [default on a terminal]")
@every_setting
def recommend(
    settings: Settings,
    /,
    user_id: str | None,
    category: str,
    llm_rank: Switch,
    wording: Switch,
    strict: bool,
    form: Format | None,
    **asked: Any,
) -> None:
    """Recommend products of a category to a customer, with reasons that can be checked.

    A table has product, price and reason. With --verbose it also has the rows of the history behind each product, with
    the place without them, and the parts of its score.

    \b
    Examples:
      newaisle recommend --user mara --category "Camp Kitchen"
      newaisle recommend --user mara --category "Camp Kitchen" --max-price 50 --exclude wool --json
      newaisle recommend --user mara --category "Hammocks" --brief "Sleeping outdoors, hung between trees" \\
          --candidates hammocks.csv
    """
    within = asked_within(**asked)
    with opened(settings) as shop:
        answer = shop.recommend(
            user_id,
            category,
            llm_rank=llm_rank,
            wording=wording,
            strict=strict,
            on_chosen=lambda chosen: say("wording the reasons"),
            **within,
        )
    detail("stages: " + ", ".join(f"{stage} {spent / 1000:.2f} s" for stage, spent in answer.timings_ms.items()))
    _print(answer, form or ("table" if sys.stdout.isatty() else "json"))


@click.command()
def schema() -> None:
    """Print the JSON Schema of what `recommend --json` prints.

    \b
    Example:
      newaisle schema > recommendation-set.schema.json
    """
    from newaisle.agent.schema.answer import RecommendationSet

    click.echo(json.dumps(RecommendationSet.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False))


def asked_how(*, brief: str | None, candidates: str | None, **how: Any) -> Asked:
    """What the options of `asking_how` say, with the files that they name read."""
    products = None if candidates is None else read_products(candidates)
    return {"brief": text_of(brief) if brief else "", "candidates": products, **how}  # type: ignore[typeddict-item]


def asked_within(*, out_of_stock: bool, diversity: float | None, **asked: Any) -> Asked:
    """What the options of `asking_how` and of `limiting` say."""
    if asked["currency"] and asked["max_price"] is None and asked["min_price"] is None:
        if is_flag("currency"):
            raise click.UsageError("--currency says what --max-price or --min-price is in: give one of them too")
        asked["currency"] = None
    if diversity is not None:
        asked["diversity"] = diversity
    return asked_how(in_stock=not out_of_stock, **asked)


def _print(answer: RecommendationSet, form: Format) -> None:
    if form == "json":
        click.echo(answer.model_dump_json(indent=2))
    elif form == "jsonl":
        _print_lines(answer)
    else:
        from newaisle.agent.cli.answer_text import print_table

        print_table(answer)


def _print_lines(answer: RecommendationSet) -> None:
    head = {
        "set_id": answer.id,
        "user_id": answer.request.user_id,
        "category": answer.category.name,
        "degraded": answer.degraded,
    }
    for recommendation in answer.recommendations:
        click.echo(json.dumps({**head, **recommendation.model_dump(mode="json")}, ensure_ascii=False))
    for warning in answer.warnings:
        note(f"note: {warning}")

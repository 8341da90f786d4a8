"""`newaisle recommend` and `newaisle schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from agent.cli.options import home_option, model_options, pass_settings
from agent.cli.screen import note, print_table
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.answer import RecommendationSet
    from agent.context import Query
    from store.rows import Product

Format = Literal["json", "jsonl", "table"]


@click.command()
@click.option("--user", "user_id", metavar="ID", help="The customer; left out: somebody without a history.")
@click.option("--category", required=True, metavar="NAME", help="The category: its name, or its whole path.")
@click.option("-k", "k", type=click.IntRange(min=1), default=5, show_default=True, help="How many products.")
@click.option("--max-price", type=click.FloatRange(min=0), help="Nothing dearer; an unknown price is left out.")
@click.option("--currency", metavar="CODE", help="Currency of --max-price. [default: what most products have]")
@click.option("--brand", "brands", multiple=True, metavar="B", help="Only this brand; may be given again.")
@click.option("--exclude", multiple=True, metavar="WORD", help="Nothing with this word; may be given again.")
@click.option("--out-of-stock", is_flag=True, help="Also products known to be out of stock.")
@click.option("--brief", metavar="FILE_OR_TEXT", help="What a category is about that the catalogue does not know.")
@click.option("--candidates", metavar="FILE", help="Its products, in any format of the catalogue; they are not stored.")
@click.option("--language", type=click.Choice(["en", "zh"]), help="Of the explanations. [default: the history's]")
@click.option(
    "--llm-rank",
    type=click.Choice(["auto", "on", "off"]),
    default="auto",
    show_default=True,
    help="Whether the model's likelihood takes part in ranking; auto: from three billion parameters up.",
)
@click.option("--strict", is_flag=True, help="Fail (4 or 5) instead of answering without a part, or replacing a text.")
@click.option("--json", "form", flag_value="json", help="Print the whole answer as JSON.  [default in a pipe]")
@click.option("--jsonl", "form", flag_value="jsonl", help="Print one recommendation a line.")
@click.option("--table", "form", flag_value="table", help="Print a table.  [default on a terminal]")
@home_option
@model_options
@pass_settings
def recommend(
    settings: Settings,
    /,
    brands: tuple[str, ...],
    exclude: tuple[str, ...],
    max_price: float | None,
    currency: str | None,
    out_of_stock: bool,
    llm_rank: Literal["auto", "on", "off"],
    strict: bool,
    form: Format | None,
    **asked: Any,
) -> None:
    """Recommend products of a category to a customer, with reasons that can be checked.

    \b
    Examples:
      newaisle recommend --user mara --category "Camp Kitchen"
      newaisle recommend --user mara --category "Camp Kitchen" --max-price 50 --exclude wool --json
      newaisle recommend --user mara --category "Hammocks" --brief "Sleeping outdoors, hung between trees" \\
          --candidates hammocks.csv
    """
    from agent.answer import Constraints
    from agent.recommend import recommend as run
    from agent.session import open_parts

    if currency and max_price is None:
        raise click.UsageError("--currency says what --max-price is in: give both")
    constraints = Constraints(
        max_price=max_price,
        currency=currency.upper() if currency else None,
        brands=list(brands),
        exclude=list(exclude),
        in_stock=not out_of_stock,
    )
    query = _query(constraints, **asked)
    with open_parts(settings, on_rebuild=lambda reason: note(f"{reason}; building it anew from the ledger")) as parts:
        answer = run(query, parts, llm_rank=llm_rank, strict=strict)
    _print(answer, form or ("table" if sys.stdout.isatty() else "json"))


@click.command()
def schema() -> None:
    """Print the JSON Schema of what `recommend --json` prints."""
    from agent.answer import RecommendationSet

    click.echo(json.dumps(RecommendationSet.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False))


def _query(constraints: Any, *, brief: str | None, candidates: str | None, **asked: Any) -> Query:
    from agent.context import Query

    products = None if candidates is None else _read_candidates(candidates)
    return Query(constraints=constraints, brief=_text_of(brief or ""), candidates=products, **asked)


def _text_of(file_or_text: str) -> str:
    """The contents of the file of that name, or the text itself."""
    from store.cleaning import clean_text
    from store.errors import InputError

    try:
        is_file = Path(file_or_text).is_file()
    except (OSError, ValueError):  # a text too long, or with characters no path may have
        is_file = False
    if not is_file:
        return clean_text(file_or_text)
    try:
        return clean_text(Path(file_or_text).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot read the brief {file_or_text} ({exc}): give a UTF-8 text file, or the text") from exc


def _read_candidates(file: str) -> list[Product]:
    from store.errors import InputError
    from store.shop import Reject, open_catalogue

    rejects: list[Reject] = []
    with open_catalogue("-" if file == "-" else Path(file), on_reject=rejects.append) as rows:
        products = list(rows)
    if rejects:
        first = f"the first, line {rejects[0].line}: {rejects[0].reason}"
        note(f"{len(rejects):,} rows of {rows.name} cannot be used, {first}")
    if not products:
        raise InputError(f"nothing in {rows.name} can be used: give a catalogue with ids and titles")
    return products


def _print(answer: RecommendationSet, form: Format) -> None:
    if form == "json":
        click.echo(answer.model_dump_json(indent=2))
    elif form == "jsonl":
        head = {"set_id": answer.id, "user_id": answer.request.user_id, "category": answer.category.name}
        for recommendation in answer.recommendations:
            click.echo(json.dumps({**head, **recommendation.model_dump(mode="json")}, ensure_ascii=False))
    else:
        print_table(answer)

"""`newaisle why` and `newaisle why-not`."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newaisle.agent.cli.complete import complete_customer, complete_product
from newaisle.agent.cli.opening import opened
from newaisle.agent.cli.options import TEXT, category_option, embedder_options, home_option, pass_settings
from newaisle.agent.cli.recommend import asked_within, asking_how, limiting
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.agent.schema.why import Why, WhyNot

    Answer = TypeVar("Answer", Why, WhyNot)

_NOBODY = "-"


def _about(command: Any) -> Any:
    """Who and what is asked about; the rest is as for `recommend`."""
    options: list[Callable[[Any], Any]] = [
        click.argument("user_id", type=TEXT, metavar="USER", shell_complete=complete_customer),
        click.argument("item_id", type=TEXT, metavar="ITEM", shell_complete=complete_product),
        category_option("The category. [default: the product's own]"),
        asking_how,
        limiting,
        click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON."),
        home_option,
        embedder_options,
        pass_settings,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@_about
def why(settings: Settings, /, user_id: str, item_id: str, as_json: bool, **asked: Any) -> None:
    """Show why a product is where it is for a customer: signals, claims, rows, and what would be without them.

    USER is a customer, or - for somebody without a history. The other options are those of `recommend`, and mean the
    same: what is explained is the answer to them. No language model is asked, neither for a text nor for the ranking;
    that is `recommend --llm-rank off`.

    \b
    Examples:
      newaisle why mara ck-05
      newaisle why mara ck-05 --max-price 50 --json
      newaisle why - ck-05
    """
    from newaisle.agent.cli.why_text import print_why

    category, within = asked.pop("category"), asked_within(**asked)
    with opened(settings) as shop:
        found = shop.why(_customer(user_id), item_id, category, **within)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        print_why(found)


@click.command(name="why-not")
@_about
def why_not(settings: Settings, /, user_id: str, item_id: str, as_json: bool, **asked: Any) -> None:
    """Show what keeps a product out of an answer, and what would have to change for it to be there.

    USER is a customer, or - for somebody without a history. The other options are those of `recommend`, and mean the
    same: what is explained is the answer to them. Every reason is lifted and the answer is made again, so the command
    that is shown at the end does recommend the product. No language model is asked, neither for a text nor for the
    ranking; that is `recommend --llm-rank off`.

    \b
    Examples:
      newaisle why-not mara ck-02
      newaisle why-not mara ck-05 --max-price 40 --exclude pour-over
      newaisle why-not mara ck-17 -k 3 --json
    """
    from newaisle.agent.cli.why_text import print_why_not

    given = {name: asked[name] for name in ("brief", "candidates", "language")}
    if asked["style"] != "short":
        given["style"] = asked["style"]
    category, within = asked.pop("category"), asked_within(**asked)
    with opened(settings) as shop:
        found = shop.why_not(_customer(user_id), item_id, category, **within)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        print_why_not(found, None if found.shown_with is None else _command(found, given))


def _customer(user_id: str) -> str | None:
    return None if user_id == _NOBODY else user_id


def _command(found: WhyNot, given: dict[str, str | None]) -> str:
    """The command that recommends the product."""
    user = ["--user", found.request.user_id] if found.request.user_id is not None else []
    rest = [part for name, value in given.items() if value for part in (f"--{name}", value)]
    return shlex.join(["newaisle", "recommend", *user, *(found.shown_with or []), *rest])

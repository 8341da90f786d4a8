"""`newaisle feedback`: what a customer just did, from the shop's own pages or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from newaisle.agent.cli.complete import complete_customer, complete_product
from newaisle.agent.cli.options import TEXT, home_option, pass_settings
from newaisle.agent.cli.screen import note
from newaisle.agent.cli.tables import print_json
from newaisle.agent.settings.settings import Settings

if TYPE_CHECKING:
    from newaisle.store.feedback import Stored


@click.command()
@click.argument("user_id", type=TEXT, metavar="USER", shell_complete=complete_customer)
@click.argument("item_id", type=TEXT, metavar="ITEM", shell_complete=complete_product)
@click.option("--liked", is_flag=True, help="Says that they like it.")
@click.option("--disliked", is_flag=True, help="Says that they do not: it is never recommended, and counts against.")
@click.option("--bought", is_flag=True, help="They bought it: it is never recommended again.")
@click.option("--viewed", is_flag=True, help="They looked at it: counts a quarter, and it may be recommended.")
@click.option("--json", "as_json", is_flag=True, help="Print what was stored as JSON.")
@home_option
@pass_settings
def feedback(settings: Settings, /, user_id: str, item_id: str, as_json: bool, **said: bool) -> None:
    """Store what a customer just did with a product, without a rebuild; the next answer reflects it.

    A customer that the shop does not know yet becomes one. Reading the histories again leaves it as it is;
    `newaisle forget USER` erases it.

    \b
    Examples:
      newaisle feedback mara ck-05 --viewed
      newaisle feedback mara ck-05 --bought --json
    """
    from newaisle.agent.cli.opening import unseen
    from newaisle.agent.profile.feedback import KINDS

    chosen = [name for name, is_set in said.items() if is_set]
    if len(chosen) != 1:
        options = ", ".join(f"--{name}" for name in KINDS)
        raise click.UsageError(f"say what they did, with just one of {options}")
    with unseen(settings) as shop:
        stored = shop.feedback(user_id, item_id, chosen[0])
    if stored.is_first:
        note(f"{stored.row.user_id} is new: this is the first that the shop knows of them")
    if as_json:
        print_json(_json(stored))
    else:
        click.echo(f"stored: {stored.row.user_id} {chosen[0]} {stored.row.item_id}")


def _json(stored: Stored) -> dict[str, Any]:
    row = stored.row
    return {
        "user_id": row.user_id,
        "item_id": row.item_id,
        "event": row.event.value,
        "liking": row.liking,
        "time": row.time.isoformat() if row.time else None,
        "is_new_customer": stored.is_first,
    }

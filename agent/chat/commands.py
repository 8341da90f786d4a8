"""The commands of a chat: what begins with a slash. Each does what its twin on the command line does."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from newaisle.agent.chat.asking import query_about
from newaisle.agent.chat.conversation import Conversation, OnChosen
from newaisle.agent.chat.lookup import product_named
from newaisle.agent.chat.replies import Reply
from newaisle.agent.chat.state import SaidTurn, SavedChat, load, save
from newaisle.agent.chat.turn_preview import preview
from newaisle.agent.profile.profile import profile
from newaisle.agent.why.why import why
from newaisle.agent.why.why_not import why_not
from newaisle.agent.wording.phrase import template_name
from newaisle.errors import RequestError
from newaisle.prompts.inputs import INPUTS
from newaisle.store.rows import Event, Product


@dataclass(frozen=True, slots=True)
class Command:
    """argument: what follows its name, in brackets where it may be left out. of_chat: about the chat, not in it."""

    name: str
    argument: str
    help: str
    run: Callable[[Conversation, str], Reply]
    of_chat: bool = False


def answer(
    conversation: Conversation,
    text: str,
    *,
    on_chosen: OnChosen = lambda recommendations: None,
    cancel: threading.Event | None = None,
) -> Reply:
    """The answer to whatever was typed, a command or words. on_chosen, cancel: as for `recommend`.

    Raises RequestError for what makes no sense, and what `recommend` raises; nothing is changed then.
    """
    if not text.lstrip().startswith("/"):
        intent = conversation.read(text)
        with conversation.turn(text, intent, on_chosen=on_chosen, cancel=cancel):
            return conversation.act(text, intent)
    command, argument = parse(text)
    if command.of_chat:
        return command.run(conversation, argument)
    with conversation.turn(text, on_chosen=on_chosen, cancel=cancel):
        return command.run(conversation, argument)


def replay(conversation: Conversation, chat: SavedChat) -> Iterator[tuple[SaidTurn, Reply, bool]]:
    """Say again all turns of a chat, as they were read then.

    Yields each with its answer, and whether products, order and constraints are those of the first time. The
    conversation has to begin as that chat did.
    """
    for turn in chat.turns:
        if turn.intent is None:
            reply = answer(conversation, turn.say)
        else:
            conversation.hear(turn.say)
            with conversation.turn(turn.say, turn.intent):
                reply = conversation.act(turn.say, turn.intent)
        state = conversation.state
        yield turn, reply, (state.shown, state.wishes.constraints) == (turn.shown, turn.constraints)


def parse(text: str) -> tuple[Command, str]:
    """The command of a line that begins with a slash, and what follows its name; raises RequestError for none."""
    name, _, argument = text.strip()[1:].partition(" ")
    command = COMMANDS.get(name.casefold())
    if command is None:
        near = difflib.get_close_matches(name.casefold(), COMMANDS, n=1)
        hint = f" (did you mean /{near[0]}?)" if near else ""
        raise RequestError(f"there is no command /{name}{hint}: /help lists them")
    argument = argument.strip()
    if argument and not command.argument:
        raise RequestError(f"/{command.name} stands alone: leave {argument!r} out")
    if not argument and command.argument and not command.argument.startswith("["):
        raise RequestError(f"/{command.name} needs {command.argument}: {command.help}")
    return command, argument


def _help(conversation: Conversation, _: str) -> Reply:
    width = max(len(_usage(command)) for command in COMMANDS.values())
    lines = [f"{_usage(command):<{width}}  {command.help}" for command in COMMANDS.values()]
    return Reply(text="\n".join([conversation.say.help, "", *lines]))


def _usage(command: Command) -> str:
    return f"/{command.name} {command.argument}".rstrip()


def _user(conversation: Conversation, argument: str) -> Reply:
    return conversation.as_customer(None if argument in ("", "-") else argument)


def _category(conversation: Conversation, argument: str) -> Reply:
    return conversation.to_category(argument)


def _product(conversation: Conversation, argument: str) -> Product:
    return product_named(argument, conversation.shown, conversation.parts.ledger, conversation.vocabulary)


def _why(conversation: Conversation, argument: str) -> Reply:
    return Reply(whole=why(conversation.query(), _product(conversation, argument), conversation.parts))


def _why_not(conversation: Conversation, argument: str) -> Reply:
    product = _product(conversation, argument)
    return Reply(whole=why_not(query_about(product, conversation.query()), product, conversation.parts))


def _like(conversation: Conversation, argument: str) -> Reply:
    return conversation.opinion([_product(conversation, argument)], Event.LIKE)


def _dislike(conversation: Conversation, argument: str) -> Reply:
    return conversation.opinion([_product(conversation, argument)], Event.DISLIKE)


def _more(conversation: Conversation, _: str) -> Reply:
    return conversation.more()


def _constraints(conversation: Conversation, _: str) -> Reply:
    return Reply(notes=conversation.notes() or (conversation.say.nothing_in_force,))


def _undo(conversation: Conversation, _: str) -> Reply:
    return conversation.undo()


def _profile(conversation: Conversation, _: str) -> Reply:
    user_id = conversation.state.user_id
    if user_id is None:
        return Reply(text=conversation.say.no_history, notes=conversation.notes())
    return Reply(whole=profile(user_id, conversation.parts, language=conversation.language), notes=conversation.notes())


def _prompt(conversation: Conversation, argument: str) -> Reply:
    """The messages of a prompt, as a model gets them for what is on the screen."""
    names = [word for word in argument.split() if word in INPUTS]
    places = [word for word in argument.split() if word.isdecimal()]
    if len(names) + len(places) != len(argument.split()) or len(names) > 1 or len(places) > 1:
        raise RequestError(f"/prompt takes a place and one of {', '.join(INPUTS)}: {argument!r} is neither")
    name = names[0] if names else template_name(conversation.style)
    place = int(places[0]) if places else 1
    return Reply(
        whole=preview(name, conversation.query(), conversation.parts, place=place, turn=conversation.last_words)
    )


def _json(conversation: Conversation, _: str) -> Reply:
    if conversation.answer is None:
        return Reply(text=conversation.say.nothing_shown)
    return Reply(whole=conversation.answer)


def _save(conversation: Conversation, argument: str) -> Reply:
    path = Path(argument).expanduser()
    save(conversation.saved(), path)
    return Reply(text=conversation.say.saved.format(path))


def _load(conversation: Conversation, argument: str) -> Reply:
    return conversation.resume(load(Path(argument).expanduser()))


def _bye(_: Conversation, __: str) -> Reply:
    return Reply(is_over=True)


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("help", "", "what can be said, and these commands", _help),
        Command("user", "[ID]", "recommend to this customer, or to somebody without a history", _user),
        Command("category", "NAME", "recommend from this category", _category),
        Command("why", "N", "signals, claims and rows behind product N: its place, id or name", _why),
        Command("whynot", "NAME", "what keeps a product out, and what would have to change", _why_not),
        Command("like", "N", "say that you like product N, in this chat alone", _like),
        Command("dislike", "N", "say that you do not, and see others", _dislike),
        Command("more", "", "further products", _more),
        Command("constraints", "", "what is in force", _constraints),
        Command("undo", "", "take back the last turn that changed anything", _undo),
        Command("profile", "", "what is known of the customer", _profile),
        Command("prompt", "[N] [PROMPT]", "the messages that a language model gets for product N", _prompt),
        Command("json", "", "the last answer as JSON", _json),
        Command("save", "FILE", "keep this chat in a file", _save, of_chat=True),
        Command("load", "FILE", "go on with a chat that was saved", _load, of_chat=True),
        Command("bye", "", "leave; so does Ctrl-D", _bye, of_chat=True),
    )
}

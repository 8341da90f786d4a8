"""Every command with every option of its own, in a pipe and on a terminal: it ends as it should and shows no traceback.

What the options do is tested where the commands are; here none is forgotten. The chat is typed in another test.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest

from newaisle.agent import sample
from tests.agent.cli.command import commands, newaisle, on_terminal

# Options of many commands, with a test of their own.
SHARED = {
    *"--home --prompts --backend --base-url --api-key-file --model --adapter --fallback --embedder --models".split(),
    *"--quiet --verbose --help".split(),
}
KITCHEN = f"--user {sample.CUSTOMER} --category 'Camp Kitchen'"
LIMITS = (
    "-k 2 --max-price 90 --min-price 5 --currency USD --brand Fernhollow --not-brand Halvdal --word titanium"
    " --exclude wool --out-of-stock --diversity 0.2"
)
NEW = "--brief 'slept in outdoors' --candidates FOLDER/hammocks.csv --language zh"
# Each line: the arguments, and the exit code where it is not 0. FOLDER is a folder with the files below.
LINES = f"""
demo --home FOLDER/demo --model none
ingest FOLDER/items.csv --histories FOLDER/did.csv --home FOLDER/other --map title=name --map-event took=purchase
ingest FOLDER/items.csv --home FOLDER/other --locale en_US --encoding utf-8 --format csv --rejects FOLDER/r
ingest FOLDER/plain.csv --home FOLDER/other --columns id,title,category
ingest FOLDER/items.csv --home FOLDER/other --replace --yes --json
ingest FOLDER/items.csv --home FOLDER/other --dry-run --format-file FOLDER/till.yaml
ingest FOLDER/bad.csv --home FOLDER/other --strict = 3
chat --load nowhere.chat {KITCHEN} -k 2 --style seller --llm-rank off --wording off = 3
chat --replay FOLDER/mara.chat
recommend {KITCHEN} {LIMITS} --style detailed --llm-rank off --wording on --table
recommend --user {sample.CUSTOMER} --category Hammocks {NEW} --strict --json
recommend {KITCHEN} --jsonl
why mara ck-01 --category 'Camp Kitchen' {LIMITS} --style seller --language en
why mara hm-1 --category Hammocks {NEW} --json
why-not mara ck-05 --category 'Camp Kitchen' {LIMITS} --style seller --language en
why-not mara hm-1 --category Hammocks {NEW} --json
schema
profile mara --language zh --wording off
profile mara --json
feedback mara ck-01 --liked
feedback mara ck-02 --disliked --json
feedback mara ck-03 --bought
feedback mara ck-04 --viewed
category Hammocks --brief 'slept in outdoors' --candidates FOLDER/hammocks.csv --method words -n 2
category 'Camp Kitchen' --json
classify FOLDER/hammocks.csv --method words -n 1
classify FOLDER/hammocks.csv --json
calibrate
calibrate --json
calibrate --llm = 2
calibrate --reset
eval --cases 2 --only 'Kitchen > Coffee & Tea' --html FOLDER/report.html --fresh --llm-rank off
eval --explanations --cases 5 --style seller
eval --explanations --cases 5 --json
eval FOLDER --map title=name --map-event took=purchase --locale en_US --encoding utf-8 = 3
eval FOLDER --format csv --columns user_id,item_id = 3
eval FOLDER --format-file FOLDER/till.yaml = 3
prompts list
prompts list --json
prompts vars explain
prompts vars --json
prompts show explain --language zh
prompts path explain --language zh
prompts new explain --minimal --language zh
prompts diff explain --language zh = 3
prompts edit explain --language en
prompts reset explain --yes --language zh
prompts render explain {KITCHEN} -n 2 --language en
prompts render explain --user mara --category Hammocks {NEW} --style seller --json
prompts render turn --turn 'a mug for slurping noodles'
prompts check explain
prompts check --json
prompts words --language zh
prompts words --json
synonyms check --word metal
synonyms check FOLDER/synonyms.txt --json
prompts test explain --language en = 4
prompts test explain --json = 4
prompts eval explain --vs FOLDER/explain.en.yaml --cases 5 --language en --json = 4
prompts eval rank FOLDER --vs-model none = 4
prompts eval explain --show 2 --html FOLDER/texts.html = 4
eval --prompt rank = 2
eval --vs rank = 2
eval --vs-model none = 2
logs -n 1 --user mara
logs --id 0000 = 3
logs --prompts --json
logs status
logs status --json
logs on --keep-days 7
logs off
logs clear
logs path
models list
models list --json
models pull nosuch --again = 3
models bench nosuch --recorded = 3
models bench --json = 4
models rm nosuch = 3
config show --origin
config show --json
config path
completion bash
doctor
doctor --json
reindex
forget mara
remove ck-01
"""
FILES = {
    "items.csv": "id,name,category,price\na,Oak lamp,Lamps,9\nb,Elm lamp,Lamps,8\n",
    "plain.csv": "c,Ash lamp,Lamps\nd,Fir lamp,Lamps\n",
    "synonyms.txt": "tableware => plates, bowls\n",
    "did.csv": "user_id,item_id,event\nann,a,took\n",
    "bad.csv": "id,title\n,nothing\n",
    "till.yaml": "name: till\nkind: catalogue\nheaders: [id, name, price]\n",
    "hammocks.csv": "sku,name,brand,price\nhm-1,Fernhollow titanium hammock,Fernhollow,$89\nhm-2,Sunday,Sunday,$65\n",
}


def lines() -> list[tuple[list[str], int]]:
    """The arguments of each line, and its exit code."""
    import shlex

    found = []
    for line in filter(None, LINES.splitlines()):
        arguments, _, code = line.partition(" = ")
        found.append((shlex.split(arguments), int(code or 0)))
    return found


def test_no_command_and_no_option_is_forgotten() -> None:
    tried: dict[tuple[str, ...], set[str]] = {}
    known = dict(commands())
    for arguments, _ in lines():
        path = next(path for path in (tuple(arguments[:2]), tuple(arguments[:1])) if path in known or path == ("logs",))
        tried.setdefault(path, set()).update(argument for argument in arguments if argument.startswith("-"))
    for path, command in known.items():
        own = {
            option: param for param in command.params if isinstance(param, click.Option) for option in param.opts[-1:]
        }
        assert path in tried, path
        assert set(own) - SHARED <= tried[path], path


@pytest.fixture(scope="module")
def answered(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the lines name, and a shop in which mara was answered once; to be copied."""
    folder = tmp_path_factory.mktemp("answered")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(filled, folder / "home")
    own = ("--home", folder / "home", "--model", "none", "--embedder", "hash")
    newaisle(*own, "chat", "--user", "mara", stdin=f"camp kitchen\n/save {folder / 'mara.chat'}\n").ok()
    template = newaisle(*own, "prompts", "show", "explain").ok().out
    (folder / "explain.en.yaml").write_text(template.replace("max_tokens: ", "max_tokens: 1"), encoding="utf-8")
    return folder


@pytest.fixture
def folder(answered: Path, surroundings: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This test's own copy, to stand in."""
    shutil.copytree(answered, surroundings, dirs_exist_ok=True)
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.chdir(surroundings)
    return surroundings


@pytest.mark.parametrize(
    ("arguments", "code"), lines(), ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_each_ends_as_it_should_in_a_pipe_and_on_a_terminal(folder: Path, arguments: list[str], code: int) -> None:
    given = [argument.replace("FOLDER", str(folder)) for argument in arguments]
    piped = newaisle(*given)
    assert piped.code == code, piped.err
    assert "Traceback" not in piped.err
    assert not code or len(piped.err.strip().splitlines()[-1]) > 20  # one line that says what to do
    ended, shown = on_terminal(*given)
    assert (
        ended in (code, 3)
        if arguments[0] in ("remove", "forget") or arguments[:2] == ["prompts", "new"]
        else ended == code
    )
    assert not re.search("Traceback", shown)

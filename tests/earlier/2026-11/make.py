"""Made what lies beside it, with the newaisle of November 2026: commit 6b309c0, version 0.1.0.

Run in a checkout of that commit, whose packages are called `agent` and `store`: `PYTHONPATH=. python PATH/TO/make.py`.
It is kept to be read, and not run again: what later versions are tested with stays as that version wrote it. All
products and customers are made up.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from prompt_toolkit.history import FileHistory

from tests.agent.llm.server.misbehaving import Misbehaving, stream

HERE = Path(__file__).resolve().parent
HOME = HERE / "home"
NEW = "Garden > Secateurs"  # nobody has bought there
CATEGORIES = {
    "Desk > Pens": ("fountain pen", "mechanical pencil", "pen rest", "dip pen holder", "钢笔", "自动铅笔"),
    "Desk > Lamps": ("reading lamp", "clip-on lamp", "folding lamp", "shelf lamp", "台灯", "夹灯"),
    "Workshop > Planes": ("block plane", "smoothing plane", "shoulder plane", "spokeshave", "木工刨", "鸟刨"),
    "Workshop > Clamps": ("bar clamp", "hand screw", "corner clamp", "spring clamp", "木工夹", "直角夹"),
    "Kitchen > Mills": ("pepper mill", "salt mill", "coffee mill", "nutmeg grater", "胡椒磨", "咖啡磨"),
    "Kitchen > Scales": ("balance scale", "spring scale", "letter scale", "hanging scale", "天平", "弹簧秤"),
    NEW: ("pruning shears", "grape snips", "hedge shears", "rose snips", "修枝剪", "花剪"),
}
BRANDS = ("Ostrand", "Quillby", "Marrow & Tine", "Ostrand", "竹溪", "青瓦")
MATERIALS = {"walnut": "胡桃木", "brass": "黄铜", "blued steel": "蓝钢"}
FINISHES = ("oiled by hand", "with a worn-in look", "left plain", "polished bright", "手工打磨", "素面")
CUSTOMERS = (
    "nora olek pim edda tuva ruben sanne hilde joost marit arlo bram cato dirk elin fenna gijs hanne imre jip"
    " koen lotte mats niels"
).split() + "小林 阿青 老周 小满 阿禾 小舟 阿远 老沈 小棠 阿舒 小岚 阿木".split()
EVENTS = ("purchase", "purchase", "like", "review", "rating", "purchase", "view", "cart", "dislike", "return")


def products() -> Iterator[dict[str, object]]:
    for number, (category, nouns) in enumerate(CATEGORIES.items()):
        for place, noun in enumerate(nouns):
            for rank, (material, chinese) in enumerate(MATERIALS.items()):
                is_chinese = not noun.isascii()
                dollars = 12 + 9 * rank + 7 * place + 4 * number
                name = f"{chinese}{noun}" if is_chinese else f"{material} {noun}"
                told = f"{FINISHES[place]}的{name}。" if is_chinese else f"A {name}, {FINISHES[place]}."
                yield {
                    "id": f"{category.split(' > ')[1][:2].casefold()}-{place}{rank}",
                    "title": f"{BRANDS[place]} {name}",
                    "category": category,
                    "brand": BRANDS[place],
                    "price": 7 * dollars if is_chinese else dollars,
                    "currency": "CNY" if is_chinese else "USD",
                    "description": told,
                    "in_stock": "no" if place == 3 and rank == 2 else "yes",
                    "material": chinese if is_chinese else material,
                    "weight": f"{60 + 35 * place + 50 * rank} g",
                }


def histories(catalogue: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Everybody goes through the known categories and takes what is of their material, for the most part."""
    draw = random.Random(11)
    known = [category for category in CATEGORIES if category != NEW]
    for number, customer in enumerate(CUSTOMERS):
        time = datetime(2026, 3, 1) + timedelta(hours=number)
        favourite = number % len(MATERIALS)
        for step in range(len(known)):
            category = known[(number + step) % len(known)]
            there = [product for product in catalogue if product["category"] == category]
            taste = {id(product): draw.gauss(is_own(product, favourite), 1) for product in there}
            # What comes first in a category is taken by more.
            for product in sorted(there, key=lambda one: 0.15 * there.index(one) - taste[id(one)])[:4]:
                time += timedelta(days=1, minutes=number)
                event = draw.choice(EVENTS[:6] if is_own(product, favourite) else EVENTS)
                rating = draw.choice((4, 5)) if event == "rating" else 5 if event == "review" else ""
                yield {
                    "user_id": customer,
                    "item_id": product["id"],
                    "event": event,
                    "rating": rating,
                    "timestamp": time.isoformat(),
                }


def is_own(product: dict[str, object], favourite: int) -> bool:
    return str(product["id"]).endswith(str(favourite))


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def newaisle(*arguments: str, stdin: str = "") -> None:
    command = [sys.executable, "-m", "agent", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWAISLE_")}
    environment |= {"XDG_CONFIG_HOME": str(HERE / "config"), "PYTHONPATH": str(Path.cwd()), "EDITOR": EDITOR}
    done = subprocess.run(command, input=stdin, cwd=HERE, env=environment, text=True, capture_output=True, check=False)
    print("$", *arguments, done.stdout, done.stderr, sep="\n")
    assert done.returncode == 0, arguments


# What an editor would do: a line of the bundled template is said in other words.
EDITOR = "sed -i 's/^description: .*/description: Our own, of November 2026./'"
PROJECT = """\
home = "home"
prompts = "home/prompts"
embedder = "hash"
model = "none"
k = 3
"""
OWN = """\
trust = ["../.."]
models = "../../models"
backend = "local"
fallback = []
style = "short"
currency = "USD"
language = "en"
"""
SAID = """\
pens, under 60 dollars
no brass please
why 1?
how heavy is 2?
/why 1
cheaper
forget that
not quillby
something from marrow & tine or ostrand between 20 and 90 usd
I like 1
I don't like 2
/undo
more
any brand is fine
/category Secateurs
no price limit
with walnut
more like 1
why not the brass rose snips?
/whynot se-02
how about something different
what do you know about me?
/profile
/like 1
/dislike 2
/constraints
forget everything i said
brass, at most 70 dollars
"""
GESAGT = """\
/category Secateurs
500元以内
不要黄铜
为什么推荐第1个？
第1个多重？
再便宜点
不要竹溪的
不喜欢第2个
还有别的吗
"""


def main() -> None:
    for name in ("home", "config", "models"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    (HERE / "config/newaisle").mkdir(parents=True)
    (HERE / "newaisle.toml").write_text(PROJECT, encoding="utf-8")
    (HERE / "config/newaisle/config.toml").write_text(OWN, encoding="utf-8")
    catalogue = list(products())
    write(HERE / "items.csv", [*catalogue, {**catalogue[0], "id": "", "title": "nothing"}])
    write(HERE / "histories.csv", list(histories(catalogue)))
    newaisle("ingest", "items.csv", "--histories", "histories.csv")
    newaisle("logs", "on", "--keep-days", "36500")  # whenever this is read
    newaisle("feedback", "nora", "la-00", "--liked")
    newaisle("feedback", "小林", "cl-41", "--viewed")
    newaisle("calibrate")
    newaisle("prompts", "edit", "explain")
    newaisle("prompts", "edit", "explain", "--language", "zh")
    for name in ("explain-detailed", "explain-seller", "rank", "listwise", "profile", "turn"):
        newaisle("prompts", "new", name)
        newaisle("prompts", "new", name, "--minimal", "--language", "zh")
    with Misbehaving() as server:
        server.usual = stream("It suits you.")
        asked = ("--backend", "http", "--base-url", server.url, "--model", "small")
        newaisle("recommend", "--user", "olek", "--category", NEW, *asked)
    newaisle("recommend", "--user", "nora", "--category", NEW, "--max-price", "60")
    newaisle("recommend", "--user", "小林", "--category", NEW, "--language", "zh")
    newaisle("why", "nora", "se-10")
    newaisle("chat", "--user", "nora", stdin=SAID + "/save nora.chat\n")
    newaisle("chat", "--user", "小林", stdin=GESAGT + "/save xiaolin.chat\n")
    history = FileHistory(str(HOME / "chat_history"))  # what is typed on a terminal goes into it
    for said in SAID.splitlines():
        history.append_string(said)
    with closing(sqlite3.connect(HOME / "ledger.sqlite3")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # and with it what readers leave beside the ledger


if __name__ == "__main__":
    main()

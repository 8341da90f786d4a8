"""What is not wanted by what is told of it: "wool makes me itch", "plastic breaks, so leave that out"."""

from __future__ import annotations

import re

from newaisle.agent.chat.reading.text import BRAND, TOPIC, WORD

TARGET = f"(?:{BRAND}|{WORD}|{TOPIC})"
PHRASE = f"{TARGET}(?:[ -]{TARGET})*"
_AND = r" ?(?:and|or|nor|&|/) ?(?:also |any |the |more |from |by |with |in |made |of |no |not )*"
LIST = rf"{PHRASE}(?:(?: ?, ?{PHRASE})* ?,?{_AND}{PHRASE})*"
# "you can't go wrong with Halvdal", "i won't have anything but wool": praise in the words of a "no".
PRAISE = re.compile(
    r"\b(?:(?:can't|couldn't|never|won't) (?:really |ever )?(?:go (?:far )?wrong with|beat|fault|get enough of"
    r"|say no to"
    r"|resist|live without|do without)|(?:nothing|none|nobody|no one) (?:but|beats|else but|other than)"
    r"|(?:won't|don't|doesn't|wouldn't|never|i'd never) (?:\w+ ){1,3}(?:any(?:thing|one)?|nothing)(?: else)?"
    r" (?:but|except|other than)|not (?:a bad word|one bad word)|haven't had a bad|never had (?:a |any )?"
    r"(?:bad|problems?|issues?|trouble)(?: \w+)? (?:with|from))(?= |$)"
    r"|\bnever (?:lets?|failed|fails?|disappoint(?:s|ed)?)(?: (?:me|us))?(?: down)?(?= ?(?:$|[,.!;]|so\b|and\b))"
    r"|\benough (?:for|to (?:get|buy|cover|pay for))\b"
)
# "wool makes me itch", "plastic i can do without"
REASON = re.compile(
    rf"(?P<not>{PHRASE}) (?:always |just |really |only |usually )*(?:(?:makes?|made|gives?|gave|brings?|leaves?|turns?)"
    r" (?:me|my [\w\ue800-\uefff]+|him|her|them|us) (?:\w+ ){0,4}?(?:itch\w*|sneez\w+|rash\w*|hives|ill|sick|out|queasy"
    r"|cringe|sweat\w*"
    r"|uncomfortable|blisters?|headaches?|cough|shudder|sore|creeps|ick|cold|red|allergies|crawl)"
    r"|irritates?|(?:creeps?|freaks?|weirds?) (?:me|us|him|her) out|puts? (?:me|us|him|her|them) off|sets? off"
    r"|(?:doesn't|don't) (?:agree|get (?:on|along)|sit well|go down well) with|(?:gets?|grates?) on my"
    r"|allerg(?:y|ies)\b|intolerance\b|and (?:i|me|my skin) don't (?:get (?:on|along)|mix|agree)"
    r"|(?:i|we|she|he|they)(?:'d| would)? (?:really |just |simply |definitely |also )*(?:(?:don't|do not|can't"
    r"|won't|wouldn't"
    r"|doesn't|hate|hates|dislike|rather (?:not|avoid|skip)|can do without|could do without|(?:'ll )?pass on)"
    r" ?(?:\w+ ?){0,2}(?=$|[,.!;])))"
)
# "i can't wear merino, so none of that"
NONE_OF_THAT = re.compile(
    rf"(?:(?P<brand>{BRAND})[^\ue000-\ue7ff.!?;]{{0,60}}?|(?P<not>{PHRASE})(?:(?: is"
    rf"| are)? (?:\w+ )?too {WORD})?[^\ue000-\uefff.!?;]{{0,45}}?)"
    r"\b(?:none of (?:that|those|it|them)|any(?:thing|one| brand|where) (?:but|except|other than) (?:it|them"
    r"|that|those)\b|(?:don't|do not) (?:want|like|trust|rate|fancy|need) (?:it|them|that)(?= ?(?:$|[,.!;]))"
    r"|(?:leave|keep|kick|take) (?:it|them|that|those) (?:out|off|away)"
    r"|(?:skip|avoid|drop|exclude|ditch|lose|bin) (?:it|them|that|those)"
    r"|give (?:it|them|that|those) a (?:miss|wide berth|rest)|(?:never|not) (?:them |it |that )?again"
    r"|never (?:them|it|that)|no(?:thing)? more (?:of|from) (?:it|them|that|those|theirs?|its)"
    r"|nothing (?:else )?(?:from|by|of) (?:them|theirs)(?! (?:with|in|that|made|over|above))|never (?:buying"
    r"|trusting|touching)|don't trust (?:them|it)"
    r"|not (?:buying|touching|having|going near) (?:it|them|that|those))\b"
)
# "hide Halvdal, Oatmere"
ALL_OF = re.compile(
    r"\b(?:hide|exclude|excluding|except|avoid|skip|block|without|drop|remove|nothing (?:from|by)|not from) "
    rf"(?P<not>{BRAND}(?: ?, ?{BRAND})+)(?= ?(?:$|[.!?;]))"
)
MISS = re.compile(rf"\bgive (?:the |any )?(?P<not>{LIST}) a (?:miss|wide berth|rest|swerve|body swerve)\b")

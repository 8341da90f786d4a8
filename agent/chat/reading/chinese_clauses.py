"""Clauses of a Chinese turn: which of them tell why something is wanted, and what the others ask for."""

from __future__ import annotations

import re

from newaisle.agent.chat.reading.text import (
    BRAND,
    ITEMS,
    TOPIC,
    WORD,
    any_of,
)
from newaisle.languages import HAN

_MARK = rf"(?:{BRAND}|{ITEMS}|{TOPIC}|{WORD})"
# Where a new thing is said: Chinese turns have spaces for commas.
CLAUSE = re.compile(rf"[,.;!?:]|(?<=[{HAN}\ue000-\uf8ff]) (?=[{HAN}\ue000-\uf8ff])")
_PERSON = any_of(
    """
    我 我们 我家 我妈 我爸 我妹 我姐 我哥 我弟 我老婆 我老公 我娃 俺 咱 咱家 家里 家中 家 公司 单位 办公室 他 她 它
    孩子 小孩
    娃 儿子 女儿 老公 老婆 老妈 老爸 老爹 妈妈 爸爸 爷爷 奶奶 外公 外婆 朋友 闺蜜 同事 室友 媳妇 女朋友 男朋友 对象
    本人 钱包 荷包 厨房 住的 住
    """
)
# What a clause of telling begins with, and what one has in it: 我家厨房小, 陶瓷的怕碎, 原来那把刀钝了.
_TELLS = re.compile(
    rf"^(?:因为|毕竟|主要是?|怕|担心|免得|省得|反正|原来的?|之前|以前|上次|上回|旧的?|老的?|平时|平常|最近|刚|昨天"
    rf"|今天|周末|下周|下个月"
    rf"|{_PERSON})"
    rf"|^(?:这些|这几个|这几款|它们|现在这些)?(?:都|全|清一色|一水儿?)(?:都|全)?是"
    rf"|(?:怕|容易|总是|老是|爱)(?!好)|(?:坏|丢|破|旧|钝|断|碎|裂|烂|没|完|小|脏|漏|用旧|生锈|发霉|锈)了[呀啊吧]?$"
    rf"|^{_MARK}?的?(?:太|有点|有些|不太|不够|不)[{HAN}{WORD[1:-1]}]{{1,4}}$"
)
_ASKS = re.compile(
    r"想(?!到|起)|要(?!是|不是)|买(?!了|过|回)|找|来[个点些把双条块只台套本瓶盒支]|送|推荐|有没有|有吗|有[^,]{1,8}吗"
    r"|求|看看|需要|换|给(?!我家)|最好"
    r"|挑|选|搞|整|弄|入手|适合|用的|穿的|戴的|做的|用什么|用啥|喜欢|偏爱|爱(?!掉|坏)|[说夸](?!不|的)|安利|种草|好用"
    r"|顶好|不错|预算|什么好|啥好|呢$|求|缺"
)
_WHAT_IS_ASKED = re.compile(
    rf"(?:来|买|找|求|看|推荐|想要|需要|要|送|入|淘|整|搞|弄|有没有|有啥|有什么|看看|缺|少|挑|选)"
    rf"(?:他|她|我|你|下|一下|看|个|点|些|款|把|双|条|件|支|副|块|台|只|本|套|瓶|包|张|顶|根|盒|种|几|一|两|的|新|好"
    rf"|合适|便宜|适合|,? ?{_MARK}){{0,6}}$"
)
_HAS = re.compile(
    r"(?:刚刚?|才|新|已经|上次|之前)(?:买|入手|换|入|收)(?:了|到|过)?(?:一)?[个台把双条块只本套瓶盒支件]?$"
)
_OF_BRAND = re.compile(rf"{BRAND}(?:家|家的|的|那边的?)(?:{WORD}|的)*$")
_ASKED_AFTER = re.compile(
    rf"^(?:的|{WORD}){{0,2}}(?:有没有|有吗|有么|有不|有没|还有吗|有货|推荐|求推荐|怎么选|求|呢$|来[一个把])"
)


def tells(clause: str) -> bool:
    """Whether a clause says why, or of whom, and asks for nothing."""
    return bool(_TELLS.search(clause)) and not _ASKS.search(clause)


def is_had(before: str) -> bool:
    """Whether what follows a part of a clause was bought already: 刚买了相机."""
    return bool(_HAS.search(before))


def is_asked_for(clause: str, place: int) -> bool:
    """Whether the word at a place of a clause is what the clause asks for, whatever it means."""
    if _OF_BRAND.search(clause[:place]) and not clause[place + 1 :].strip(" 的吧呢?"):
        return True
    return bool(_WHAT_IS_ASKED.search(clause[:place]) or _ASKED_AFTER.match(clause[place + 1 :]))

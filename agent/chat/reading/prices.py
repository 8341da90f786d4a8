"""Price limits: what must not be passed, and from what on, with the currency where one was said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from newaisle.agent.chat.reading.amounts import AFTER, BEFORE, amount, currency_of, with_dropped_named
from newaisle.agent.chat.reading.numbers import CHINESE, DIGIT, NUMBER, SEVERAL, several, value
from newaisle.agent.chat.reading.text import Marked, any_of

# What may stand between a limit and its amount: "about", 大概.
_ABOUT = (
    r"(?:a (?=\d)|about |around |roughly |approximately |approx\.? |like |say |maybe |大概|大约|差不多|也就"
    r"|就|约){0,3}"
)
_IS = r"(?: ?(?:now|is|are|of|at|to|be|was|only|just|[:=]))*"
# What turns a limit round: "nothing over 30", "don't show me anything above 30", 不要超过.
_NOT = (
    any_of(
        """
    nothing none not no never don't doesn't shouldn't can't won't mustn't must_not should_not do_not without
    isn't aren't
    wouldn't i'd_rather_not
    """
    )
    + "(?: "
    + any_of(
        """
    to go going goes be cost costs costing that that's which want spend spending pay paying anything stuff
    things products
    exceed get is are priced show me looking for have having give a_cent a_penny a_dime a_dollar one_cent
    drop splash blow part with shell fork out point showing seeing use sense
    set_me_back afford able willing like recommend do manage stretch
    """
    )
    + ")* ?"
)
# From an amount on, and up to it: "more than 30", "under 30".
_UP = (
    r"(?:(?:costs? |costing |priced )?(?:(?:any )?(?:more|higher|greater|dearer|pricier|bigger) than"
    r"|more expensive than|(?:over|above|past|beyond|exceed(?:s|ing)?|cross(?:es|ing)?|upwards of"
    r"|north of)(?: the)?|>=?|≥))"
)
_DOWN = (
    r"(?:(?:costs? |costing |priced )?(?:(?:less|lower|cheaper|fewer|smaller) than|less expensive than"
    r"|(?:under|below|beneath|south of)(?: the)?|sub[- ]?|<=?|≤))"
)
# Before the highest amount and the lowest: "max 30", "my budget is 30", "at least 30".
_MOST = (
    r"(?:(?:at )?(?:the )?(?:very )?(?:most|max(?:imum)?|upper limit|limit|cap|ceiling|budget|price limit"
    rf"|price cap)(?: price)?{_IS}|up ?to|no (?:more|higher|greater) than|not (?:more|higher) than"
    r"|within(?: a budget of)?|(?:un)?till?|cap(?:ped)?(?: (?:it|things|that|everything|the price))? at"
    r"|stretch(?: it)? to|(?:go |spend |pay )?as (?:high|much) as|go (?:up )?to|comfortable(?: with| at"
    r"| paying| spending)?|let's say|call it|keep (?:it|that|things|this|everything)"
    r"(?: down)? (?:to|at|around|near)|limited to|make (?:it|that)"
    r"|set (?:a |the |my )?(?:price )?(?:limit|budget|max|cap)(?: of| to| at)?"
    r"|(?:change|raise|lower|move|bump|set) (?:it|that) to"
    r"|(?:i've got|i have|i got|we have|can (?:spend|pay|afford|do|manage|take|handle|run to)|spend(?: up to)?"
    r"|pay(?: up to)?"
    r"|willing to (?:pay|spend)|working with|play with|set aside|put aside|saved(?: up)?|scraped together"
    r"|budgeted|budgeting|all i have is|all i've got is)(?: only| just| up to)?|(?:at|keep it|keep)(?= [$£€¥]))"
)
_LEAST = (
    rf"(?:(?:at )?(?:the )?(?:very )?(?:least|min(?:imum)?)(?: price)?{_IS}|no (?:less|lower|cheaper) than"
    r"|not (?:less|lower) than|(?:starting|start|begin|beginning|up)? ?from|start(?:s|ing)? at)"
)
# After the highest amount and the lowest: "30 tops", "30 or more".
_MOST_AFTER = (
    r"(?: ?(?:at (?:the )?(?:very )?(?:most|max(?:imum)?)|at a (?:push|pinch|stretch)|max(?:imum)?|tops|top"
    r"|or (?:a (?:bit|little|touch) |slightly |just )?(?:less|under|below|cheaper|lower)|and (?:less|under"
    r"|below|down|lower)|limit|budget|cap|to spend"
    r"|(?:(?:total|altogether|all in|in total|each|apiece) )?is (?:my |the |our )?(?:(?:absolute "
    r"|upper )?(?:limit|max(?:imum)?|budget|cap|most|ceiling))"
    r"|is all i(?: have|'ve got)|all[- ]in|but (?:no|not) (?:further|more|higher|over)"
    r"|and (?:no|not) (?:a (?:penny|cent|dollar) )?more|,? (?:and |but )?"
    r"(?:no|not|nothing) (?:(?:a|one) (?:\w+ ){1,2})?"
    r"(?:further|more|higher|over|above|beyond|extra)(?: than that| that)?(?= ?(?:$|[,.!?;]| please)))"
    r"(?![a-z])(?! ?(?:of |is |: ?)?[$£€¥]?\d))"
)
_LEAST_AFTER = (
    r"(?: ?(?:\+|plus|or (?:more|over|above|higher|up)|and (?:up|above|over|more|higher)|upwards?"
    r"|min(?:imum)?|at (?:the )?(?:very )?least)(?![a-z])(?! ?(?:of |is |: ?)?[$£€¥]?\d))"
)
# The same in Chinese.
_ZH_UP = r"(?:高于|超过|超出|超|大于|多于|贵过|高过|贵于|突破|(?<![不没通看])过(?=[一二两三四五六七八九\d][百千]?))"
_ZH_DOWN = r"(?:低于|少于|小于|便宜过|不到|不足|低过|不过(?=[\d一二两三四五六七八九十百千])|不超|不上)"
_ZH_NOT = (
    r"(?:(?:最贵|最高|最多|最便宜|最低|最少|价格|价钱|总价|预算)(?:也|都)?)?(?:不要|不能|不得|不可|不会|不想"
    r"|不用|不可以|不准|不|别|甭|勿|(?<!有)没)(?:再|给我|看|要|推荐|高|价格|价钱|花费?|付|出|买|整|弄|搞|拿|来|上|放"
    r"|选|挑"
    r"|推|有)*"
)
_ZH_MOST = (
    r"(?:最多|最高|最贵|至多|顶多|(?:涨|降|加|提|调|改|放宽|放松|提高|压|缩|减|追加|拉)[到成至]|人均|均价|单价|每人"
    r"|每份|撑死|顶天|充其量"
    r"|满打满算|往多了说|上限|封顶|控制在|限额|限价|只有|就有"
    r"|只剩下?|就剩下?|还剩下?|统共|拢共|手头有|手里有|只想花|只能花|就花|愿意(?:出|花|付|给|掏)|舍得(?:出|花)"
    r"|出得?起|付得?起|出到|掏得?起|掏|出价|拿得?出(?!手)"
    r"|预算|(?<![a-z])budget)(?:(?:就|只|个|了|也|不过|不超|能|花|出|付|到|给|是|在|大概|大约|差不多|有|为|约|最多"
    r"|不超过"
    r"|别超过|上限|控制|卡死|卡|压|锁死?|定死?|价|价格|接受|加|涨|升|提|调|改|降|减|成|可以|放宽|提高|:| )*+)"
)
_ZH_LEAST = r"(?:至少|起码|最少|最低|最便宜|不少于|下限|起步价?|门槛|底价|底线)(?:要|得|也要|也得|花|是|在|到|能|:| )*"
_ZH_MOST_AFTER = (
    r" ?(?:(?:左右|上下)?(?:以内|以下|之内|之下|往下|封顶|为限|打住|顶天|以里|及以下|内(?!衣|裤|胆|部)|左右"
    r"|上下|够了|到顶|顶多)(?:的预算)?|块?(?:能|可以|够)(?=买|拿下|搞|入)|的?预算"
    r"|(?:就|已经|也)?[是到](?:我|咱|俺)?们?的?(?:底线|极限|上限|天花板|顶)了?)"
)
_ZH_LEAST_AFTER = r" ?(?:及以上|以上|往上|朝上|之上|开外|起步|起(?!来|子)|打底|\+)"
# What turns a limit round from behind: "over 30 is too much", 超过三十的不要.
_FLIPPED = (
    r"(?: ?的? ?(?:就|我|都|全|一律|统统|通通|一概|坚决|绝|的)*(?:不要|别|不看|不考虑|免谈|算了|不行|太贵|不买|过滤"
    r"|去掉"
    r"|不用|pass|拿不出手|没面子|寒碜|寒酸|不体面|不够(?:档次|体面|意思)|不放心|不敢(?:买|入|用)?|质量不行|(?:别|甭"
    r"|不用|不必|不要|少|免)(?:再)?(?:给我|让我|跟我"
    r"|往我)?(?:看|推荐|推|拿|来|上|提|发|展示|出现|整|端|说|显示|列)[\u4e00-\u9fff]{0,3})(?:再|给我|让我|看|推荐"
    r"|了)*(?=$|[ ,.!?;])"
    r"| (?:stuff |ones? |things? )?(?:is|are|would be|'s) (?:(?:way |far |just )?too (?:much|expensive|dear"
    r"|pricey)|out)\b)"
)

_A = _ABOUT + amount("a")
# "20-40", "between 20 and 40", 二十到四十.
_RANGE = re.compile(
    rf"(?:between |from |介于|从|在)?{_A} ?(?:-|~|to|up to|till?|until|through|and(?= )|到|至"
    r"|和(?=.{1,8}之间)|,? ?(?:but )?(?:up to|not (?:past|over|above|more than)"
    rf"|no more than)) ?{amount('b')} ?(?:元|块)?(?:之间|这个区间|的?价位)?"
)
# 两三百块: from 200 to 300; but 最多两三百块 says only what is the most.
_SEVERAL = re.compile(
    rf"(?P<most>{_ZH_MOST}|{_ZH_NOT}{_ZH_UP})?(?P<several>{SEVERAL})(?: ?(?P<after>{AFTER}))?"
    rf"(?P<mosta>{_ZH_MOST_AFTER})?(?:钱|左右|之间|上下|的预算|以内|(?:都|就)(?:行|可以|好)|的)*"
)
# An amount with what is before it and behind it; it is a limit if any of that, or a currency, is there.
_LIMIT = re.compile(
    rf"(?:(?<![a-z])(?:(?P<up>{_UP} ?|{_ZH_UP})|(?P<down>{_DOWN} ?|{_ZH_DOWN})|(?P<most>{_MOST} ?|{_ZH_MOST})"
    rf"|(?P<least>{_LEAST} ?|{_ZH_LEAST})))?{_A}(?:(?P<mosta>{_MOST_AFTER}|{_ZH_MOST_AFTER})"
    rf"|(?P<leasta>{_LEAST_AFTER}|{_ZH_LEAST_AFTER}))?(?P<flip>{_FLIPPED})?"
)
_AMOUNT = re.compile(rf"(?<![\w.]){amount('')}")
_OF_BUDGET = re.compile(r"\bbudget\b|预算")
_NEGATED = re.compile(rf"(?:{_NOT}|{_ZH_NOT})$")
_DECADE = re.compile(r"\bin the (?P<tens>[1-9]0)'?s\b")
# 比100高 is 超过100.
_THAN = re.compile(
    rf"比(?P<amount>(?P<before>{BEFORE})?(?P<number>{NUMBER})(?P<after>{AFTER})?)(?:还|要|更)*(?:(?P<up>[高贵多大])"
    r"|[低少]|便宜)(?!一?[点些])"
)
# What says no more than the number beside it: 八十来块 is about 80, 从100加到160 goes up to 160.
_ODD = re.compile(
    rf"(?<=[\d十百千万])[来多几](?=[块元刀])|(?<=\d)[- ]?ish\b"
    rf"|从(?:{BEFORE})?{NUMBER}(?:{AFTER})?(?=[加提涨升调改放降减][高宽]?[到成])"
)
# 九块九 is 9.9, which is written as one number for the other patterns.
_TENTHS = re.compile(
    rf"(?P<whole>\d+|{CHINESE}|[{DIGIT}])(?P<sign>[块元])(?P<tenth>[{DIGIT}\d])(?![{DIGIT}\d十百千万.])"
)
_HAS_NUMBER = re.compile(rf"\d|[零一二两三四五六七八九十百千]|hundred|thousand|{NUMBER}")


@dataclass(frozen=True, slots=True)
class Price:
    """Limits said in a turn, both inclusive; the currency is that of the last amount that has one."""

    least: float | None = None
    most: float | None = None
    currency: str | None = None


def read_price(turn: Marked, shown: int) -> Price:
    """The price limits of a turn, which are cut out of it.

    shown: how many products are on the screen; small bare numbers are their places and no price.
    """
    if not _HAS_NUMBER.search(turn.text):
        return Price()
    turn.text = with_dropped_named(turn.text)
    reading = _Reading(_TENTHS.sub(_decimal, _ODD.sub("", _THAN.sub(partial(_limit_of_than, shown), turn.text))), shown)
    reading.decade()
    reading.ranges()
    reading.limits()
    reading.budget()
    turn.text = reading.text
    return Price(reading.least, reading.most, reading.currency)


def _limit_of_than(shown: int, found: re.Match[str]) -> str:
    if not (found["before"] or found["after"]) and value(found["number"]) <= shown:
        return found.group()  # 比2便宜: than the second on the screen
    return ("超过" if found["up"] else "低于") + found["amount"]


def _decimal(found: re.Match[str]) -> str:
    return f"{value(found['whole']) + value(found['tenth']) / 10:g}{found['sign']}"


@dataclass(slots=True)
class _Reading:
    text: str
    shown: int
    least: float | None = None
    most: float | None = None
    currency: str | None = None

    def decade(self) -> None:
        """In the 40s: from 40 to 49."""
        if found := _DECADE.search(self.text):
            self.least = float(found["tens"])
            self.most = self.least + 9
            self.text = f"{self.text[: found.start()]} , {self.text[found.end() :]}"

    def ranges(self) -> None:
        self.text = _SEVERAL.sub(self._several, self.text)
        self.text = _RANGE.sub(self._range, self.text)

    def limits(self) -> None:
        at = 0
        while found := _LIMIT.search(self.text, at):
            cut = self._limit(found)
            if cut is None:
                at = found.end()
            else:
                self.text = f"{self.text[:cut]} , {self.text[found.end() :]}"
                at = cut + 3

    def budget(self) -> None:
        """The one number of a turn that speaks of the budget: "my budget changed, it's 80 now"."""
        amounts = list(_AMOUNT.finditer(self.text))
        if self.least is self.most is None and len(amounts) == 1 and _OF_BUDGET.search(self.text):
            number = value(amounts[0]["number"])
            if number > max(self.shown, 1):
                self.most = number
                self.text = f"{self.text[: amounts[0].start()]} , {self.text[amounts[0].end() :]}"

    def _several(self, found: re.Match[str]) -> str:
        if found.group() == found["several"]:
            return found.group()
        self.least, self.most = several(found["several"])
        if found["most"] or (found["mosta"] and not re.search("左右|上下", found["mosta"])):
            self.least = None
        self._note(found["after"])
        return " , "

    def _range(self, found: re.Match[str]) -> str:
        low, high = value(found["numbera"]), value(found["numberb"])
        signs = [found[name] for name in ("beforea", "aftera", "beforeb", "afterb") if found[name]]
        if not signs and (high <= max(self.shown, 1) or high <= low or re.match(r"[\d.]+ and", found.group())):
            return found.group()
        self.least, self.most = sorted((low, high))
        for sign in signs:
            self._note(sign)
        return " , "

    def _limit(self, found: re.Match[str]) -> int | None:
        """Take a limit in; where it begins in the text, or None where it is no limit."""
        sign = found["beforea"] or found["aftera"]
        low = bool(found["up"] or found["least"] or found["leasta"])
        high = bool(found["down"] or found["most"] or found["mosta"])
        number = value(found["numbera"])
        if not (sign or low or high) or (not sign and self._is_place(found, number)):
            return None
        begin = found.start()
        negation = _NEGATED.search(self.text[:begin]) if found["up"] or found["down"] or found["leasta"] else None
        if negation:
            begin = negation.start()
        is_least = low and not found["mosta"]
        if bool(negation) != bool(found["flip"]):
            is_least = not is_least
        if is_least:
            self.least = number
        else:
            self.most = number
        self._note(sign)
        return begin

    def _is_place(self, found: re.Match[str], number: float) -> bool:
        """Whether "cheaper than 3" means the third product on the screen, or a number word means no price."""
        if found["numbera"] in ("one", "a hundred and one"):
            return True
        if number == 0:
            return True  # "start from zero"
        if (found["least"] or "").strip() == "from" and number <= self.shown:
            return True  # "a step up from 4"
        if (found["least"] or "").endswith("from ") and 1900 <= number <= 2100:
            return True  # "a film from 1995"
        if number <= self.shown and re.search(r"differ(?:ent|s)? ?$", self.text[: found.start()]):
            return True  # "how is 3 different from 4"
        said = (found["up"] or found["down"] or "").strip()
        return number <= self.shown and (
            said.endswith("than") or (found["most"] or "").startswith(("make", "let", "call"))
        )

    def _note(self, sign: str | None) -> None:
        if sign:
            self.currency = currency_of(sign)

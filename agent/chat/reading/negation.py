"""What is not wanted, and how far a "no" reaches: "no wool or leather", "steel not titanium", 不要羊毛."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.chat.reading.text import BRAND, HAN, TOPIC, WORD, Brand, Marked, Topic, Word, any_of

_TARGET = f"(?:{BRAND}|{WORD}|{TOPIC})"
_PHRASE = f"{_TARGET}(?:[ -]{_TARGET})*"
_NOT = any_of(
    """
    no no_more not without minus sans nothing none never neither nor but_no but_not
    skip avoid exclude excluding except excepting except_for hide block blacklist lose ditch drop remove ban
    hold reject
    leave_out leave_off take_out get_rid_of stop_showing stop_suggesting
    stop_recommending stop_with free_of free_from
    apart_from aside_from other_than besides instead_of rather_than save_for
    other_brands_than another_brand_than another_brands_than different_brand_than different_brands_than
    different_brand_from different_brands_from different_brand_to different_brands_to
    hate hates dislike dislikes loathe despise detest can't_stand can't_bear can't_tolerate can't_have
    can't_use can't_eat
    isn't aren't wasn't i'd_rather_not would_rather_not not_a_fan_of no_fan_of not_into not_keen_on not_interested_in
    no_interest_in uninterested_in no_need_for refuse_to refuses_to
    enough enough_of enough_with had_enough had_enough_of seen_enough seen_enough_of sick_of tired_of bored_of
    bored_with
    done_with over_with through_with
    allergic_to sensitive_to bad_luck_with bad_experience_with bad_experiences_with disappointed_by disappointed_with
    disappointed_in
    """
)
# "anything but wool", "any brand except Halvdal"
_ALL_BUT = (
    any_of("anything everything all anyone any everyone whatever something any_brand all_brands every_brand any_color")
    + " "
    + any_of("but except other_than besides apart_from bar save_for that_isn't that's_not")
    + "(?: for)?"
)
# "don't want", "she doesn't really like any": with up to three words between it and what is not wanted
_DO_NOT = (
    any_of("don't doesn't do_not does_not won't can't shouldn't mustn't must_not should_not didn't wouldn't")
    + r"(?: \w+){0,3}?"
)
_HAVE = (
    r"(?:i|we|she|he|they)(?:'ve|'s)? (?:already (?:have|has|own|owns|got"
    r"|bought)(?: (?:plenty|enough|too many|loads|lots|tons))?"
    r"|(?:have|has|own|owns|got|bought) (?:plenty|enough|too many|loads|lots|tons))(?: of| an?| one| two)?"
)
_OF = (
    "(?:"
    + any_of(
        """
    a an any anything everything all more stuff thing things product products item items one ones from by with
    in of made
    that which is are has have contain contains containing the this your those these brand brands color colors colour
    colours material me us it be being to at like too_many so_many kind kinds sort sorts for about on called named out
    another other please again either both see seeing getting buying wanting using having get buy want use
    looking searching after
    interested go show give suggest
    recommend need
    """
    )
    + " )*+"
)
_AND = r" ?(?:and|or|nor|&|/) ?(?:also |any |the |more |from |by |with |in |made |of |no |not )*"
_LIST = rf"{_PHRASE}(?:(?: ?, ?{_PHRASE})* ?,?{_AND}{_PHRASE})*"
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:please |also |just |and |but |so )*(?:{_ALL_BUT}|{_HAVE}|{_NOT}"
    rf"|{_DO_NOT}) {_OF}(?P<not>{_LIST})(?: (?:in it|in them|either|at all|please|anywhere|again|any ?more"
    r"|stuff|things?|products?|brands?|ones?))*"
)
_FREE = re.compile(rf"(?P<not>{_TARGET})[ -]free(?: of charge)?\b")
# "keep Halvdal out of it", "take the spoons off the list"
_OUT = re.compile(rf"\b(?:keep|leave|take|put) (?:the |any |all |that )*(?P<not>{_LIST}) (?:out|off|away|aside)\b")
# "wool is out", "vellisk? no thanks", "tarnwick let me down, leave them out"
_AFTER = re.compile(
    rf"(?P<not>{_PHRASE})[?,]? (?:(?:is|are|'s) (?:out|banned|a no|a no-go|off the table|a deal ?breaker"
    r"|not (?:ok|okay|fine|for me|wanted|an option|my (?:thing|style|taste)))"
    r"|(?:isn't|aren't) (?:really |quite )?(?:for me|an option|my (?:thing|style|taste))|no thanks?"
    r"|no thank you|no way|please no|not please|(?:god |hell |oh |um )?(?:no|nope|nah|never|out|excluded"
    r"|pass)(?= ?(?:$|[,.!;]))|(?:so |and |please |just |better "
    r"|but ){0,3}(?:(?:leave|keep|kick|take) (?:it|them|that|those) (?:out|off|away)"
    r"|(?:skip|avoid|drop|exclude) (?:it|them|that|those)|not (?:them|those|that) (?:again|please)))\b"
)
# What is said of a brand in anger.
_BAD_BRAND = re.compile(
    rf"(?P<not>{BRAND})(?:'s)? (?:stuff |products? |things )?(?:is |are )?(?:just |so |way |too |really "
    r"|such |a |total )*(?:sucks?|rubbish|trash|garbage|crap|junk|awful|terrible|horrible|bad|overpriced"
    r"|overrated|ugly|lame|boring|disappoint\w*|let me down|broke on me)\b"
    rf"|(?P<han>{BRAND})(?:家|的|的东西|质量)*(?:太|真|好|很|特别|实在|就是)*(?:难用|差|差劲|垃圾|烂|坑"
    r"|不好用|丑)(?:了|啊)?"
)
_NOT_SO = re.compile(
    rf"(?:\bnot|isn't|aren't|nothing|不要|别|不用) ?(?:too|so|that|very|overly|太|那么|这么) ?{_PHRASE}的?"
)
_ONLY_SO = re.compile(r"\bnot (?:only|just) ")

_HAN_OF = (
    "(?:"
    + any_of(
        """
    任何 牌子 品牌 有 含 带 那些 这些 那种 这种 什么 用 是 再 给我 让我 我 看 看到 推荐 推 出现 买 来 了 要
    展示 做的 家 的
    一切 所有 太多 跟 和 与 对 :
    """
    )
    + "|,? ?也不要| )*+"
)
# A 不 or 别 that says no to what follows, or to what stands before it: not in 是不是, 不错, 不管, 别的.
_HAN_NO = (
    r"(?:(?<![是能会要好可行有对买看想])不(?![错过管限论妨然同如仅只贵见算]|一定|好意思|知道|清楚|了解|太贵"
    r"|是很|用管)|别(?![的人家致])|甭|勿)"
)
# What is there already: 已经有, 家里有, 买过, 有很多.
_HAN_HAVE = (
    r"(?:(?:家里|家中|我家|已经?|早就)+(?:有|买)(?:了|过)?|买过"
    r"|(?:有|买)(?:了)?(?:很多|好多|不少|太多|够多|一堆|足够)的?|(?:看|用|吃|受|听)(?:腻|够|烦)了?)"
)
_HAN_NOT = (
    "(?:"
    + any_of(
        """
    不想要 不想看 不想买 不想 不要 不需要 不用 不看 不买 不吃 不穿 不带 不含 不考虑 不能有 不能带 不能含 不能是
    不能用 不接受
    不爱 不喜欢 讨厌 去掉 去除 剔除 排除 避开 拒绝 远离 受不了 甭 除了 除去 除开 除 无 杜绝 避免 屏蔽 过滤
    过滤掉 非 跳过
    """
    )
    # 不是 and not 是不是; 没有 and not 有没有; 不 with words between: 不信任, 别总是
    + rf"|{_HAN_HAVE}|(?<!是)不是|(?<!有)没有?(?!有)|{_HAN_NO}[{HAN}]{{0,5}}?)"
)
_HAN_AND = r"(?: ?(?:的|家的?|牌的?|这个|那个)? ?(?:、|和|或者?|跟|与|及|以及|还有|/|也不要|也别|也不)[ 的也要是]*)"
_HAN_LIST = rf"{_TARGET}++(?:{_HAN_AND}{_TARGET}++)*+"
_HAN_THING = (
    any_of("的 了 家 牌 牌子 品牌 东西 制品 类 这个 那个 那些 这种 那种 什么的 之类的 材质 材料 做的 相关 方面 系列 器")
    + "*+"
)
_HAN_BESIDES = r"(?:以外|之外|外)?(?:的)?"
# 除了羊毛，别的都行: what is said of the rest says nothing more.
_HAN_REST_FINE = (
    r" ?,? ?(?:(?:别的|其他|其它|其余|剩下|另外)(?:的)?(?:牌子|品牌|东西|款)?)?(?:都|全|也"
    rf"|我)?{any_of('可以 行 好 ok 随便 无所谓 没问题 考虑 看看 能接受')}(?:了|的|吧)*"
)
_CHINESE = re.compile(rf"{_HAN_NOT}{_HAN_OF}(?P<not>{_HAN_LIST}){_HAN_THING}{_HAN_BESIDES}(?:{_HAN_REST_FINE})?")
_CHINESE_AFTER = re.compile(
    rf"(?:把)?(?P<not>{_HAN_LIST}){_HAN_THING} ?(?:质量"
    rf"|的)*{any_of('就 都 一律 统统 全部 通通 全 我 真的 实在 千万 可 也 还是 绝对 最好 给我')}*(?:"
    + any_of(
        """
    以外 之外 不要 不行 不太行 不咋行 不怎么样 不咋样 不买 不吃 不穿 不碰 不考虑 免谈 免了 算了 不喜欢 不想要
    不看 不需要 不能要 不能有 排除 除外 pass 过敏 屏蔽 屏蔽掉 去掉 删掉
    剔除 拿掉 移除 过滤掉 受不了 讨厌 没兴趣 不感兴趣 不爱 太多 不用 不用了 已经有 已经有了 都有了 早有了 已有
    已经买了 买过了 够 够了 看够 看腻 用腻 看烦 腻了 烦了
    """
    )
    + r"|(?:我|家里|都|已经|早就?)*(?:有|买过)了"
    + rf"|{_HAN_NO}[{HAN}]{{1,6}}?(?<![吗么])(?=$|[ ,.!;]))(?:了|再出现|给我看)*"
)
_HAN_ALLERGIC = re.compile(
    rf"对(?P<not>{_HAN_LIST})(?:这种|这类|制品|材质|的|东西)*(?:过敏|敏感|不耐受|反感|没兴趣|不感兴趣|无感)"
)
# "enough knitting, show me tea", 不看露营了: the category is left, and its name rules nothing out in the next.
_TURNS_AWAY = re.compile(r"\b(?:enough|done|over|through|instead|rather|bored|tired|sick|seen)\b|看|逛|聊|算了")
_PATTERNS = (_FREE, _HAN_ALLERGIC, _CHINESE, _OUT, _AFTER, _BAD_BRAND, _ENGLISH, _CHINESE_AFTER)


@dataclass(slots=True)
class Unwanted:
    """What a turn wants left out. `topics`: those of it that a category may be turned away from."""

    brands: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def read_unwanted(turn: Marked) -> Unwanted:
    """What a turn rules out, which is cut out of it."""
    found = Unwanted()
    turn.text = _ONLY_SO.sub(" ", turn.text)
    turn.replace(_NOT_SO, lambda match: _unread(turn, match.group()))
    for pattern in _PATTERNS:
        for match in turn.take(pattern):
            _collect(
                turn, next(filter(None, match.groups())), found, turns_away=bool(_TURNS_AWAY.search(match.group()))
            )
    return found


def _unread(turn: Marked, text: str) -> str:
    """Words that are said, but not as something to have or to leave out: "not too heavy"."""
    said = [*(one.said for one in turn.of(Word, text)), *(one.said for one in turn.of(Topic, text))]
    return " , " + " ".join(turn.mark(Word(one, False)) for one in said)


def _collect(turn: Marked, text: str, found: Unwanted, *, turns_away: bool) -> None:
    """Words that stand side by side are one phrase, Chinese ones are several."""
    phrase: list[str] = []
    for character in f"{text},":
        thing = turn.found.get(character)
        if isinstance(thing, Word) and thing.is_degree:
            found.unread.append(thing.said)
        elif isinstance(thing, Word | Topic) and (phrase == [] or thing.said.isascii()):
            phrase.append(thing.said)
        elif not character.isspace() or thing:
            if phrase:
                found.words.append(" ".join(phrase))
            phrase = [thing.said] if isinstance(thing, Word | Topic) else []
        if isinstance(thing, Topic) and turns_away:
            found.topics.append(thing)
        elif isinstance(thing, Brand):
            found.brands.append(thing.name)

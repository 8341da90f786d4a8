"""What a chat says of itself, in each language."""

from __future__ import annotations

from dataclasses import dataclass

from newaisle.agent.schema.why import Kept
from newaisle.languages import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """Format strings of one language."""

    understood: str
    not_understood: str
    in_force: str
    nothing_in_force: str
    saved: str
    at_most: str
    at_least: str
    only_brands: str
    not_brands: str
    not_these_brands: str
    with_words: str
    without: str
    like: str
    unlike: str
    passed: str
    lifts: dict[str, str]
    relations: dict[str, str]
    acts: dict[str, str]
    fields: dict[str, str]
    which_category: str
    which_product: str
    or_one_of: str
    no_prices: str
    no_such_place: str
    nothing_shown: str
    nothing_understood: str
    small_talk: str
    is_recommended: str
    is_not: str
    obstacles: dict[Kept, str]
    was_passed: str
    was_disliked: str
    without_rows: str
    without_row: str
    nothing_to_undo: str
    undone: str
    reset: str
    no_history: str
    noted: str
    says: str
    does_not_say: str
    yes: str
    no: str
    would_be_without: str
    limits: dict[str, str]
    no_more: str
    stopped: str
    shop_changed: str
    help: str
    between: str
    either: str
    then: str


_ENGLISH = Phrases(
    understood="understood: {}",
    not_understood="not understood: {}",
    in_force="in force: {}",
    nothing_in_force="nothing is in force",
    saved="saved in {}",
    at_most="at most {}",
    at_least="at least {}",
    only_brands="only {}",
    not_brands="not {}",
    not_these_brands="not the brands on the screen",
    with_words="with {}",
    without="without {}",
    like="like {}",
    unlike="unlike {}",
    passed="{} seen before are left out",
    lifts={
        "price": "no price limit",
        "brands": "any brand",
        "words": "no words asked for",
        "exclude": "nothing left out",
        "all": "no constraints",
    },
    relations={"cheaper": "cheaper", "dearer": "dearer", "similar": "like", "different": "something else"},
    acts={
        "recommend": "recommend",
        "more": "more",
        "why": "why",
        "why_not": "why not",
        "product": "about",
        "profile": "about you",
        "like": "you like",
        "dislike": "you do not like",
        "forget": "take the last back",
        "reset": "lift everything",
        "help": "help",
        "small_talk": "small talk",
    },
    fields={
        "price": "price",
        "brand": "brand",
        "color": "colour",
        "material": "material",
        "size": "size",
        "weight": "weight",
        "for": "for whom",
        "in_stock": "in stock",
        "description": "description",
        "category": "category",
        "other": "what was asked",
    },
    which_category="Which category? There are {}.",
    which_product="Which product? Say its number on the screen, or more of its name.",
    or_one_of="Perhaps one of these: {}.",
    no_prices="the prices of these are not known, so none can be said to be cheaper or dearer",
    no_such_place="There is no number {} on the screen: {} are shown.",
    nothing_shown="Nothing is on the screen: name a category, or lift what was asked for.",
    nothing_understood="I did not understand that. Say what it should have or not have, what it may cost, or /help.",
    small_talk="I only know what this shop sells. Name a category, or say what it should have or may cost.",
    is_recommended="{} is recommended, in place {}.",
    is_not="{} is not recommended: {}.",
    obstacles={
        "category": "it is in another category, {value}",
        "unlisted": "the shop does not offer it now",
        "owned": "you have had it already ({value})",
        "out of stock": "it is out of stock",
        "other brand": "it is by {brand}, and other brands were asked for",
        "unwanted brand": "it is by {brand}, which was not wanted",
        "missing word": 'no text of it has "{value}", which was asked for',
        "excluded word": 'it has "{value}", which was not wanted',
        "unknown price": "its price is not known, and there is a limit",
        "other currency": "it costs {price}, and the limit is in another currency",
        "too cheap": "it costs {price}, which is less than was asked for",
        "too dear": "it costs {price}, which is over the limit",
        "shortlist": "the category is large, and it is not near enough to your taste",
        "variant": "it is a variant of the {other}, which is recommended",
        "diversity": "it is too much like what is recommended already",
        "score": "others suit you better: by score it is in place {place} of {count}",
    },
    was_passed="It was shown before, and you moved on; /undo goes back.",
    was_disliked="You said that you do not like it: it is left out in this chat.",
    without_rows="Without these {} products it would be in place {} by score, not {}.",
    without_row="Without that product it would be in place {} by score, not {}.",
    nothing_to_undo="There is nothing to take back.",
    undone="Taken back.",
    reset="Nothing is asked for any more but the category.",
    no_history="Nothing is known of you but what was said here: /user ID says who you are.",
    noted="for this chat: {} {}",
    says="{title}: {field} {value}",
    does_not_say="{title}: the catalogue does not say ({field})",
    yes="yes",
    no="no",
    would_be_without="without {} there would be {}",
    limits={
        "price": "the price limit",
        "brands": "the wishes about brands",
        "words": "the words asked for",
        "exclude": "the words ruled out",
    },
    no_more="that is all there is",
    stopped="stopped: the reasons are in the claims' own words",
    shop_changed="the shop has changed since this chat was saved: these are other products",
    help=(
        'Say what you are looking for ("something for brewing coffee outdoors, under 40, no plastic"), what is wrong'
        ' with what you see ("cheaper", "not that brand", "more like 2"), or ask ("why 1?", "how heavy is 3?",'
        ' "what do you know about me?"). What you asked for holds until you lift it ("any brand is fine").'
    ),
    between=", ",
    either=" or ",
    then="; ",
)
_CHINESE = Phrases(
    understood="理解为：{}",
    not_understood="没看懂：{}",
    in_force="当前要求：{}",
    nothing_in_force="当前没有要求",
    saved="已保存到 {}",
    at_most="不超过{}",
    at_least="不低于{}",
    only_brands="只要{}",
    not_brands="不要{}",
    not_these_brands="不要屏幕上的品牌",
    with_words="带“{}”",
    without="不带“{}”",
    like="类似{}",
    unlike="不像{}",
    passed="不再显示看过的{}件",
    lifts={
        "price": "价格不限",
        "brands": "品牌不限",
        "words": "不再要求特点",
        "exclude": "不再排除",
        "all": "取消所有要求",
    },
    relations={"cheaper": "更便宜", "dearer": "更贵", "similar": "类似", "different": "换别的"},
    acts={
        "recommend": "推荐",
        "more": "更多",
        "why": "为什么推荐",
        "why_not": "为什么没有",
        "product": "关于",
        "profile": "关于您",
        "like": "您喜欢",
        "dislike": "您不喜欢",
        "forget": "撤回上一句",
        "reset": "取消所有要求",
        "help": "帮助",
        "small_talk": "闲聊",
    },
    fields={
        "price": "价格",
        "brand": "品牌",
        "color": "颜色",
        "material": "材质",
        "size": "尺寸",
        "weight": "重量",
        "for": "适用人群",
        "in_stock": "有货",
        "description": "介绍",
        "category": "品类",
        "other": "所问内容",
    },
    which_category="要看哪个品类？本店有：{}。",
    which_product="您指的是哪件商品？请说屏幕上的编号，或多说几个名字里的字。",
    or_one_of="也许是这几件之一：{}。",
    no_prices="这些商品的价格未知，无法比较贵贱",
    no_such_place="屏幕上没有第{}件：现在显示了{}件。",
    nothing_shown="屏幕上没有商品：请先说一个品类，或取消一些要求。",
    nothing_understood="没看懂。可以说要什么、不要什么、预算多少，或输入 /help。",
    small_talk="我只了解本店的商品。请说一个品类，或者说要什么样的、预算多少。",
    is_recommended="{}在推荐之列，排第{}。",
    is_not="没有推荐{}：{}。",
    obstacles={
        "category": "它属于另一个品类“{value}”",
        "unlisted": "商店现在不提供它",
        "owned": "您已经有过它",
        "out of stock": "它缺货",
        "other brand": "它的品牌是{brand}，不在要求的品牌之列",
        "unwanted brand": "它是{brand}的，您说过不要",
        "missing word": "它的资料里没有要求的“{value}”",
        "excluded word": "它带有您不要的“{value}”",
        "unknown price": "它没有标价，而您限定了价格",
        "other currency": "它的价格是{price}，和您限定的货币不同",
        "too cheap": "它的价格是{price}，低于您的要求",
        "too dear": "它的价格是{price}，超过上限",
        "shortlist": "这个品类很大，它和您的喜好不够接近",
        "variant": "它和已推荐的{other}是同一款的不同规格",
        "diversity": "它和已推荐的商品太像",
        "score": "别的商品更适合您：按得分它排第{place}，共{count}件",
    },
    was_passed="它之前显示过，您已经换掉了；/undo 可以回去。",
    was_disliked="您说过不喜欢它：本次聊天不再推荐。",
    without_rows="没有这{}件商品的话，按得分它会排第{}，而不是第{}。",
    without_row="没有那件商品的话，按得分它会排第{}，而不是第{}。",
    nothing_to_undo="没有可以撤回的。",
    undone="已撤回。",
    reset="除了品类，其他要求都取消了。",
    no_history="除了这次聊天里说的，对您一无所知：/user 编号 可以说明您是谁。",
    noted="仅限本次聊天：{}{}",
    says="{title}：{field} {value}",
    does_not_say="{title}：商品资料没有说明（{field}）",
    yes="是",
    no="否",
    would_be_without="不限{}的话有{}件",
    limits={"price": "价格", "brands": "品牌", "words": "特点", "exclude": "排除的词"},
    no_more="没有更多了",
    stopped="已停止：理由用的是依据本身的句子",
    shop_changed="保存之后本店有变化：这些商品和当时不同",
    help=(
        "说说想找什么（“露营煮咖啡用的，两百以内，不要塑料”）、对看到的有什么意见（“便宜点”“换个牌子”“类似2的”），"
        "或者提问（“为什么推荐1”“3多重”“你知道我什么”）。说过的要求一直有效，直到取消（“品牌不限”）。"
    ),
    between="、",
    either="或",
    then="；",
)
PHRASES: dict[Language, Phrases] = {"en": _ENGLISH, "zh": _CHINESE}

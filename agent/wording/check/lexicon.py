"""The words and phrases that an explanation may use, in each language, each with the part it plays.

They are regular expressions over a text in lower case whose names have been replaced by one private character each
(`NAME`). What matches none of them is no part of any explanation: nothing here praises, promises, hurries or denies,
but for the denials that a claim's own sentence makes. Earlier entries go before later ones.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from newaisle.agent.schema.style import Style
from newaisle.languages import Language

NAME: Final = "[\ue000-\uf8ff]"

# What each letter stands for in the sequence of parts that `check.bindings` judges. Names are in capitals:
# P product, R history row, B brand, C category, H a row's category, V claimed word or value, A attribute's name,
# X excluded word, N count, $ price, L price limit. Made of several parts: S many rows, O counted customers.
Table = list[tuple[str, str]]
_MODAL = "(?:may|might|could|can|would)"
_MAY = "(?:(?:may|might|could|can|would|also|well|very|just|perhaps) )*(?:be )?"
_WELL = "(?: also| well| very well| just| perhaps)*"
_GOOD = "(?:good|nice|natural|fitting|sensible|suitable|reasonable|logical|possible)"
_NOUN = "(?:match|fit|choice|option|pick|candidate|suggestion|recommendation|addition|next step|idea)"
_THINGS = "(?:products?|items?|things?|ones?)"
_MOST = rf"most(?: other)?(?: {_THINGS})?(?: (?:of|in|from|within|the))*"
_LIMIT = "(?:the|a|{your})(?: price)? (?:limit|budget|maximum|upper limit)(?: of)?"

_ENGLISH: Table = [
    (".", r"\."),
    (",", r"[,]"),
    # constraints
    ("q", "(?:just )?as (?:was |were )?(?:asked|requested|wished)(?: for)?"),
    ("q", "(?:just )?as {you} (?:asked|requested|wished)(?: for)?"),
    ("q", "(?:(?:which|that) )?(?:(?:is )?the brand (?:that )?)?{you} (?:asked|wished) for"),
    ("x", "(?:does|do) not mention|doesn't mention|(?:makes|has|contains) no mention of|no mention of"),
    (
        "z",
        f"(?:(?:which )?(?:is|stays|falls|remains|keeps|comes|fits|lies) )?(?:well )?"
        f"(?:within|inside|in|under|below) {_LIMIT}",
    ),
    ("z", f"(?:fits(?: into)? )?{_LIMIT}"),
    ("z", f"(?:within|under|below)(?= {NAME})"),
    ("a", f"(?:priced )?at(?: a price of)?(?= {NAME})|costs?|costing|priced at|(?:with a|its|the|a) price (?:of|is)"),
    # what others did
    ("K", "(?:going|judging|estimated) (?:by|from) (?:the )?other categories(?: of (?:this|the|our) shop)?"),
    (
        "K",
        "(?:(?:is )?(?:estimated|expected) to|should|may|might) (?:find|attract|draw|interest) more customers than most"
        "(?: products)?(?: of| in)(?: the)?",
    ),
    ("J", "(?:other )?customers who (?:chose|picked)"),
    ("I", "also (?:chose|picked)(?= (?:this|it|the|" + NAME + "))"),
    ("O", "(?:of the )?other (?:customers?|shoppers?|people)(?: of (?:this|our) shop)?"),
    ("O", "customers?(?= (?:were|was|took|have|showed))"),
    ("I", "(?:who )?(?:were |was |have been |has been |are |is )?(?:also |both )?interested in"),
    (
        "I",
        "(?:who )?(?:have |has )?(?:also )?(?:took|taken|showed|shown|had|expressed)(?: also)?"
        " (?:an |some )?interest in",
    ),
    ("I", f"(?:has |have )?(?:also )?interested(?= {NAME})"),
    ("I", f"(?:of interest|interesting) to(?= (?:{NAME}|one|a) )"),
    # the row that counts
    ("Z", "(?:speaks?|counts?) for"),
    ("Z", "(?:is )?(?:what|the one that|the product that|that) (?:speaks?|counts?) for"),
    ("^", "(?:of|in|from|among) (?:(?:everything|all(?: the)? (?:products|items|things)) in )?(?:the|{your}) history"),
    # comparisons
    ("T", f"than (?:is )?(?:that of |those of |the descriptions? of )?{_MOST}"),
    ("T", f"compared (?:with|to) {_MOST}"),
    (
        "M",
        "(?:described )?(?:more|closer)(?: closely)?(?: similar| alike| related)?(?: in (?:its )?description)?"
        "(?: like| to| with)",
    ),
    # price level
    (
        "p",
        "(?:(?:at|in|on) )?(?:(?:about|around|roughly) )?(?:the |a )?(?:same|similar|comparable)"
        " price (?:level|range|bracket)",
    ),
    ("p", "(?:a |the )?price (?:level|range) (?:that is )?(?:similar|comparable|close|about the same)(?: to| as)?"),
    ("p", "price (?:level|range)(?=.* about the same as )"),
    ("l", "about the same as(?: that of)?"),
    ("Q", "(?:with)?in (?:its|their|each|both)(?: own| respective)? (?:category|categories)"),
    ("Q", "for (?:its|their) categor(?:y|ies)|in (?:its|their) own"),
    # brand
    ("r", "(?:the |its |that |a )?same (?:brand|maker|manufacturer|company)"),
    ("f", "(?:(?:made|produced|manufactured) )?by(?: the (?:brand|maker))?"),
    ("f", f"from(?: the (?:brand|maker))?(?= {NAME})"),
    ("E", "makes?|made|produces?|produced|manufactures?"),
    # the customer: what suits them, what they may like
    ("Y", "like {you}(?= ,)"),
    ("F", "if {you} (?:like|liked|enjoy|enjoyed)"),
    (
        "s",
        f"{_MAY}(?:suits?|fits?|match(?:es)?|interests?|appeals? to|of interest to|speaks? to|interesting (?:to|for)|"
        "suitable for|right for) (?:{you}|{your} (?:tastes?|interests?|choices))",
    ),
    (
        "s",
        f"{{you}} {_MODAL}{_WELL} (?:like|enjoy|appreciate|consider|look at|want to (?:consider|look at|see)|"
        "be interested in|find)(?: to look at| to consider)?",
    ),
    ("s", f"{_MAY}(?:a |an |another |one )?(?:{_GOOD} )?{_NOUN}(?: (?:for {{you}}|to consider|to look at))?"),
    ("s", f"{_MAY}worth (?:a look|a closer look|considering|looking at)|interesting"),
    ("s", "we (?:also )?(?:suggest|recommend|picked|chose|selected|think of|thought of|thought|think)(?: that)?"),
    ("s", "(?:(?:is|was) )?(?:suggested|recommended|picked|selected)(?: (?:to|for) {you})?"),
    (
        "s",
        "(?:please )?(?:consider|take a look at|have a look at)|may suit|suits?|match(?:es)?|(?:something )?for {you}",
    ),
    ("j", f"if {{you}} (?:are|is) (?:looking for|interested in)(?: something| products)?(?: in| from)?(?= {NAME})"),
    # what the customer did
    ("h", "{you} (?:will|can|may) (?:also )?find"),
    ("d_purchase", "bought|purchased|ordered|own|picked up"),
    ("d_review", "reviewed|wrote a review (?:of|on|for)"),
    ("d_rating", "(?:rated|scored)(?: so| very)? highly|gave (?:a )?(?:high|good) (?:rating|marks?) to|rated"),
    ("d_rating", "a (?:high|good) rating"),
    ("d_like", "liked|enjoyed"),
    ("d_view", "looked at|viewed|browsed|had a look at|took a look at"),
    ("n_purchase", "purchases? of"),
    ("n_review", "reviews? of"),
    ("n_rating", "(?:high|good) rating (?:of|for)"),
    ("W", "gave"),
    ("U", "highly"),
    ("c", "chose|picked|selected"),
    ("+", "others(?= {you})"),
    ("g", "among (?:them|which|those)(?: is| are)?|including|one of (?:them|which)(?: is| being)?|for example|such as"),
    ("o", "{your}"),
    ("y", "as someone who|having(?= (?:bought|purchased|ordered|reviewed|rated|liked|looked|viewed|browsed))"),
    ("y", "{you}(?:'d)?"),
    # likeness
    ("m", "(?:a )?(?:similar|similarity|similarly described)(?: to)?|resembles?|resembling|(?:quite )?close to"),
    ("m", "akin to|reminiscent of|alike|comparable to"),
    ("l", "(?:just |much )?like(?: with| that of| those of)?|(?:just )?as (?:do|does|is|are|was|did|with|in)"),
    ("l", "so (?:is|are|does|do|did)|the same (?:goes for|is true of|holds for|as)|same as"),
    ("w", "shared (?:with|by)|appears? in"),
    ("h", "shares?|sharing|shared|mentions?|mentioned|mentioning|features?|(?:has|had|have)? ?in common"),
    ("h", "(?:is |are )?described (?:with|as|by)(?: the)?"),
    ("b", "both(?: of them| products| items)?|they|the two(?: products)?|each|them|these two"),
    ("i", "it|this (?:one|product|item)|this|the (?:product|item)|its"),
    # what holds a sentence together
    ("D", f"(?:this|that)(?= {NAME})|the|a|an"),
    ("v", "that(?: of)?|which|who"),
    ("&", "and|&|as well as(?: in)?|plus"),
    ("e", "is|are|was|were|be|been|being|comes?|sits?|stands?|lies"),
    ("j", "because(?: of)?|since|so|given(?: that)?|considering(?: that)?|therefore|thus|while|where|if|then"),
    ("t", "have|had|has"),
    ("u", "also|already|previously|earlier|before|once|too|as well|another|previous|past|same"),
    ("w", "with|to|as|of|behind|based on"),
    ("~", "words?|terms?|details?|descriptions?|products?|items?|one|brand|maker|catalogue|category|in|from|for|at|on"),
    ("~", "here|there|may|might|could|own|itself|quite|among"),
]
_SELLER_ENGLISH: Table = [
    (
        "s",
        "(?:you (?:can|could|may|might) )?(?:show|offer|suggest|recommend|present|point out)"
        "(?: to)?(?: {you})?(?: that)?",
    ),
    ("s", "(?:tell|remind) {you}(?: that)?|(?:be )?shown to {you}"),
]

_ZH_MAY = "(?:可能|也许|或许|应该)?(?:会|也|也会|很|比较|挺)*"
_CHINESE: Table = [
    (".", r"[.]"),
    (",", r"[,]"),
    ("q", r"(?:正)?(?:符合|满足)(?:{you}的)?要求|(?:按|按照|根据|应)(?:{you}的)?要求|{you}(?:想要|要求)的?(?:品牌)?"),
    ("x", r"(?:没有|未|并未|并没有|不)(?:提到|提及)(?:过)?"),
    (
        "z",
        r"(?:在)?(?:{you}的?)?(?:价格)?(?:的)?(?:上限|预算|限额)(?:之内|以内|内|范围内)|(?:没有|未|不)超过(?:{you}的?)?(?:预算|上限)?"
        r"|(?:的)?(?:上限|预算|限额)|(?:以内|之内)|在(?:{you})?(?=[\ue000-\uf8ff](?:的)?(?:上限|预算|限额))",
    ),
    ("a", r"(?:的)?(?:价格|售价|定价|标价)(?:是|为)?"),
    ("K", r"(?:根据|按|按照)(?:本店|我们店)?的?其他品类(?:来)?(?:推算|估计|推测)"),
    ("K", r"(?:会|可能会|应该会)?更受顾客欢迎"),
    ("J", r"位?选了"),
    ("I", r"的顾客也(?:选了?|选择了?)"),
    ("+", r"其他(?:商品|产品)"),
    ("O", r"(?:位|名|个)(?:其他|别的)?(?:顾客|客户|用户)"),
    ("I", r"(?:也|都|同时)?(?:感兴趣|有兴趣)"),
    ("W", r"(?:同时|也|都|既|又)?对(?!比)"),
    ("^", r"(?:在)?(?:{you}的)?(?:所有)?历史记录(?:里|中)"),
    ("Z", r"(?:能)?支持(?:推荐)?"),
    (
        "T",
        r"(?:超过了?|比|与|和|相比)(?=[\ue000-\uf8ff](?:的|里的|中的)多数)|(?:的|里的|中的)多数(?:商品|产品)(?:相比)?",
    ),
    ("M", r"(?:的描述)?(?:更接近|更相似|更像)(?:于)?"),
    ("p", r"(?:的)?价位(?:差不多|相近|相当|接近|相同|相似|与之差不多|和它差不多|与之相近)"),
    ("Q", r"(?:在)?(?:各自|所属|自己)(?:的)?品类(?:里|中|内)?(?:的)?"),
    ("r", r"同为|同属(?:于)?"),
    ("r", r"(?:是)?(?:来自|属于|出自)?(?:同一|同|相同|该|这个|同一个|相同的)(?:个)?品牌(?:的)?"),
    ("e", r"(?:也|都|同样)?(?:是)?(?:来自|由(?!于)|出自)(?:品牌)?"),
    ("E", r"(?:出品|生产|制造|推出)(?:的)?"),
    ("F", r"(?:如果|既然)?{you}(?:也)?喜欢(?=[\ue000-\uf8ff]?{you}(?:买|购买|评论|评价|评分|浏览|看))"),
    ("s", rf"(?:{_ZH_MAY})?(?:很|也)?(?:适合|符合)(?:{{you}})?(?:的口味|的喜好)?"),
    ("s", r"(?:{you})?(?:可能|也许|或许|应该)(?:{you})?(?:会|也|也会)?(?:对)?(?:喜欢|感兴趣|有兴趣)?"),
    (
        "s",
        r"(?:向|为|给){you}(?:推荐|选了|挑选了)|(?:我们)?(?:特此)?推荐(?:给{you})?|值得(?:一看|考虑|看看)|(?:可以|不妨)(?:看看|考虑)",
    ),
    ("d_purchase", r"(?:购买|买|入手|选购)(?:过|了)?(?:的)?"),
    ("d_review", r"(?:评论|评价|点评)(?:过|了)(?:的)?"),
    ("d_rating", r"(?:评分很高|评分较高|打过高分|打了高分|给过高分|给了高分|评过高分|给出高分|评价很高)(?:的)?"),
    ("d_like", r"(?:喜欢|喜爱)(?:过)?(?:的)?"),
    ("d_view", r"(?:浏览|看|查看)(?:过|了)(?:的)?"),
    ("c", r"(?:选|选择|挑选)过(?:的)?"),
    ("G", r"(?:件|个|款)(?:商品|产品)"),
    ("g", r"其中(?:有|包括|就有)|包括"),
    ("y", r"{you}"),
    ("m", r"(?:很|比较|十分|非常)?(?:与之|和它|与它)?(?:很)?(?:相似|类似)(?:的|于)?"),
    ("l", r"(?:就)?像|(?:也|都)?(?:一样|相同)(?:的)?|也是(?=[.,])"),
    (
        "h",
        r"(?:也|都|还|均)?(?:提到|提及|包含|带有|有|含有|具有)(?:了|过)?|(?:有)?(?:共同点|共同之处)|这一?(?:特点|字样|关键词)",
    ),
    ("b", r"两者|二者|它们|两款(?:商品|产品)?|这两款"),
    ("i", r"它|这款(?:商品|产品)|这件(?:商品|产品)|该(?:商品|产品)|此(?:商品|产品)"),
    ("D", r"这款|这件|这个|该款|的"),
    ("&", r"和|与|及|以及|跟|同(?=[\ue000-\uf8ff])|&|而且|并且|并|同时|而|且"),
    ("e", r"(?:都|也|均)?(?:是|为)|属于|(?:都|也)"),
    ("j", r"因为|由于|所以|因此|考虑到|既|另有|另外|有(?=[\ue000-\uf8ff])|也有|正如"),
    ("u", r"之前|曾经|曾|以前|已经|已|还|同样|一样|也|都|另一|过去|此前"),
    ("~", r"商品资料|资料|商品|产品|品牌|描述|品类|在|里|中|有|这|词|等|从|类|了|所|其"),
]
_TABLES: dict[Language, Table] = {"en": _ENGLISH, "zh": _CHINESE}
_CUSTOMER: dict[tuple[Language, bool], tuple[str, str]] = {  # by language and whether it speaks to the seller
    ("en", False): ("you", "your"),
    ("en", True): (
        "(?:(?:the|this|your) customer|they|them|he|she)",
        "(?:their|(?:the|this) customer's|his|her|its)",
    ),
    ("zh", False): ("(?:您|你)", "(?:您|你)的"),
    ("zh", True): ("(?:这位顾客|该顾客|顾客|客户|他|她)", "(?:顾客|他|她)的"),
}


@cache
def lexicon(language: Language, style: Style) -> tuple[re.Pattern[str], list[str]]:
    """One pattern for all phrases of a language and style, and the role of each of its groups, the first at 1."""
    seller = style == "seller"
    you, your = _CUSTOMER[language, seller]
    table = [*(_SELLER_ENGLISH if seller and language == "en" else []), *_TABLES[language]]
    end = r"(?= |\Z)" if language == "en" else ""
    parts = [phrase.replace("{you}", you).replace("{your}", your) for _, phrase in table]
    pattern = "|".join(f"((?:{part}){end})" for part in parts)
    return re.compile(pattern), [role for role, _ in table]

"""Which field of a product a question asks for."""

from __future__ import annotations

import re

from newaisle.agent.chat.intent import ProductField
from newaisle.agent.chat.reading.text import BRAND, ITEMS

_FIELDS: list[tuple[ProductField, str]] = [
    (
        "other",
        r"\b(?:warrant(?:y|ies)|guarantee[ds]?|shipping|ship(?:s|ped)?|deliver(?:y|ed|s)?"
        r"|returns?(?= policy|able|ed|$|[ ?])|refund\w*|exchange|ratings?|reviews?|rated|stars"
        r"|country of origin|made in|where (?:is|was|are) .{0,12}(?:made|manufactured|produced|from)"
        r"|where does .{0,12}come from|dishwasher(?: safe)?|microwave(?: safe)?|oven[- ]safe|induction"
        r"|battery|batteries|discount(?:ed|s)?|coupons?|on sale|assembl\w+|expir\w+|certifi\w+"
        r"|instructions for|spare parts?|best before|how (?:do|should) i (?:clean|wash|care for)"
        r"|easy to clean|how long does .{0,20}last|machine[- ]wash\w*|release date"
        r"|when did .{0,12}come out|how many .{0,12}sold|popular)\b|保修|质保|三包|发货|送货|配送|快递"
        r"|包邮|邮费|运费|退货|退换|换货|退款|产地|哪里(?:产|生产|制造|做)|哪国|哪儿产|评价|好评|差评|评分"
        r"|口碑|打折|优惠|折扣|活动价|保质期|什么时候(?:到|能到|发|上市)|几天|到货|能洗|洗碗机|微波炉|电磁炉"
        r"|无理由|能退|退不退|正品|保真|发票|充电|续航|电池|安装|说明书|认证|售后|能用(?:几|多)(?:年|久|长)|耐用吗"
        r"|结实吗|销量|卖得",
    ),
    (
        "price",
        rf"{ITEMS} (?:\w+ )?(?:cheaper|dearer|pricier|costlier|(?:more|less) (?:expensive|pricey)) (?:than|or) {ITEMS}"
        r"|\bwhich(?: one)?(?:'s| is)? (?:the )?(?:cheap|dear|pric|cost|less exp|more exp)\w+"
        r"|\b(?:costs?|priced?)(?: about| roughly| exactly)? the same\b|\bsame price\b|\bthe damage\b"
        r"|\bset (?:me|you|us|one) back\b|\bgoing for\b|\b(?:pay|asking|charg\w+) for\b|\bprice difference\b"
        r"|\bdifference in (?:price|cost)\b|\brrp\b|\brate of\b"
        r"|\bhow much\b(?! (?:does .{0,30}(?:weigh|hold)|can|water|is in|do you|longer|bigger|heavier))"
        r"|\bprice(?:s|d)?(?: tag)? (?:of|for|is|on)\b"
        r"|\b(?:what|which)(?:'s| is| are| was| does)? .{0,40}\b(?:price|cost)\w*\b"
        r"|\bcosts? (?:of|me|what)\b|\bhow (?:expensive|pricey|costly|cheap)\b"
        r"|\bwhich (?:one )?(?:of .{0,12} )?(?:is|costs?) (?:the )?(?:cheap\w+|less|more expensive|dearer"
        r"|pricier|most expensive|least expensive)|\bis .{0,20} the cheap\w+"
        r"|^is .{0,20} (?:expensive|pricey|cheap|costly|dear)[ ?]*$|\bprice\??$|\bcost\??$|多少钱|什么价|多少(?:银子"
        r"|大洋"
        r"|钞票|软妹币|米$)|几多钱|咋卖|怎么个价|啥价钱|什么价位|价几何"
        r"|啥价|多少(?:块|元|刀|美元|欧|米(?!长))|价格(?:是|多少|如何|怎么样|呢|贵)"
        r"|的(?:价格|价钱|售价|定价)(?![和跟都])|怎么卖|几块钱?|贵不贵|价钱(?:多少|是)|卖多少|售价|标价"
        r"|[贵便宜](?:吗|么|嘛)|(?:哪个|谁|哪款|哪一个)(?:更|最|比较|要|还|相对)*(?:贵|便宜|实惠|划算)|价格(?:一样"
        r"|相同|差)|报个?价",
    ),
    (
        "weight",
        rf"{ITEMS} (?:\w+ )?(?:heavier|lighter) (?:than|or) {ITEMS}"
        r"|\bhow (?:heavy|light|much .{0,30}weigh\w*)\b|\bweigh(?:s|t|ing)?\b"
        r"|\bwhich (?:one )?(?:of .{0,12} )?(?:is|are|'s) (?:the )?(?:heav\w+|light\w+)"
        r"|\bhow many (?:grams|kilos|pounds|ounces|kg|g)\b|^(?:is|are) .{0,20}\b(?:heavy|light)[ ?]*$|多重"
        r"|重量|几克|多少克|多少斤|几斤|多少公斤|[重沉轻][吗嘛么]|重不重|沉不沉|轻不轻|多沉|多轻|谁(?:更|最"
        r"|比较)?(?:轻|重|沉)"
        r"|哪个(?:更|最|比较)?(?:轻|重|沉)|有多(?:重|沉|轻)|净重",
    ),
    (
        "size",
        rf"{ITEMS} (?:\w+ )?(?:bigger|smaller|larger|longer|taller|wider|deeper|shorter) (?:than|or) {ITEMS}"
        r"|\bhow (?:big|large|long|tall|wide|high|deep|small|thick|short|roomy)"
        r"\b(?! (?:does|will|until|to wait))|\bhow many (?:ml|cl|cm|mm|l|quarts?|pints?|pockets|pieces|litres"
        r"|liters|cups|inches|people)\b"
        r"|\b(?:size|sizes|dimensions?|measurements?|capacity|length|width|height|volume|diameter)\b"
        r"|\bhow much .{0,30}(?:hold|fit|carry|contain|take)s?\b"
        r"|\bwhich (?:one )?(?:of .{0,12} )?(?:is|are|holds?|'s) (?:the )?(?:bigg\w+|larg\w+|small\w+"
        r"|long\w+|tall\w+|wid\w+|more|most)|^(?:is|are) .{0,20}\b(?:big|large|small|tall|long|wide)[ ?]*$"
        r"|\bdoes .{0,20} (?:hold|fit) how\b|[大长高宽深厚][吗嘛么]|大不大|长不长|高不高|多大|尺寸|容量"
        r"|多长|多高|多宽|多深|多厚|大小|几升|几开|多少开|几页|几毫升|容积|多少(?:升|页|开|目|层|片|根|粒|支|毫升|寸"
        r"|厘米|码|水)|装多少|能装|尺码|几寸|几码|长度"
        r"|宽度|高度|直径|口径|(?:哪个|谁|哪款)(?:更|最|比较)?(?:大|小|长|短|高|能装)|什么(?:码|尺)|够(?:几|多少)个?人"
        r"|几个?人(?:用|的|喝|吃|份|住|睡)|规格"
        r"|\b(?:fit|hold|serve|sleep|feed)s? (?:\S+ )?(?:people|persons?|adults|of us)\b",
    ),
    (
        "material",
        r"\b(?:made|built|constructed|crafted|consist\w*|composed) (?:out )?(?:of|from"
        r"|with)\b(?= ?(?:$|[?.,!]|exactly|again|please))|\b(?:materials?|fabric|composition)\b"
        r"|\b(?:what|which) .{0,40}\bmade\b(?! by)|\bwhat is .{0,30} in it\b"
        rf"|\bis (?:the )?(?:{ITEMS}|it|that one) (?:made(?! by)|real|genuine)\b|材质|材料"
        r"|什么(?:料|做|制|造|皮|木|布|线(?!上)|毛(?!病)|金属|钢)|料子|面料|成分|拿什么"
        r"|(?<!谁)(?<!谁家)(?<!哪家)做的(?:吗|呢)?\??$|啥(?:料|做|材)|什么面"
        r"|用什么.{0,2}(?:做|制|造)|是不是.{1,6}(?:做|材质)",
    ),
    (
        "color",
        r"\b(?:what|which|any other|other|how many|is|are|does|come in|tell me"
        r"|about the)\b.{0,30}\b(?:colou?rs?|shades?)\b|\bcolou?rs? (?:of|is|are|does)\b|\bcolou?rs?\??$"
        r"|\bcomes? in\b.*|什么(?:颜)?色"
        r"|(?:别|其他|其它|另外)的?颜?色|啥(?:颜)?色|颜色(?:是|呢|有|\?|$)|哪(?:些|种|几种|几个)颜色"
        r"|几种颜色|几个(?:颜)?色|几款颜?色|几色|的颜色|何种颜色",
    ),
    (
        "brand",
        r"\bwho(?:'s| is) behind\b|\bmade by\b|\bsame (?:brand|maker|company|people)\b|\b(?:who"
        r"|which (?:company|brand|firm|maker)|what (?:company|brand|firm)) (?:is |was "
        rf"|has )?(?:makes?|made|produces?|produced|manufactur\w+|behind|does {ITEMS} come from"
        r"|(?:is|are) .{0,20}\bfrom)"
        r"|\b(?:which|what)(?:'s| is)? .{0,12}\b(?:brand|make|manufacturer|maker)\b"
        r"|\b(?:brand|maker|manufacturer|name of the (?:brand|maker|company)) (?:of|is|for|behind)\b"
        r"|\bwho(?:'s| is) .{0,30}\b(?:by|from)\b|\bwhose\b|哪家|什么牌|啥牌|同?一个?(?:牌子|品牌|厂家)[吗么]"
        r"|是同一?(?:家|牌)"
        r"|(?:哪个|什么|啥|谁的|哪家的|何)(?:牌子|品牌|厂家?)|(?:牌子|品牌)(?:是|呢|\?|$|叫)|谁家"
        r"|谁(?:做|生产|出|造|产)|哪个(?:公司|厂)",
    ),
    (
        "for",
        r"\b(?:who|what)(?:'s| is| are|m is)? .{0,40}\b(?:for|meant for|intended for|aimed at|suitable for"
        r"|designed for|good for|used for)\b(?= ?(?:$|[?.,!]|then\b|exactly\b|anyway\b|really\b))"
        r"|\b(?:who|whom|what) (?:is|are|would|should|does|can) .{0,40}\b(?:suit|use|suits|fit)\b"
        r"|\b(?:suitable|meant|intended|designed|aimed|good|appropriate|ok|right|safe) (?:for|at) (?!me\b)"
        rf"|\bwhat (?:can|do|would|could) (?:i|you|one|people) (?:do|use) (?:with|it|that|this|{ITEMS})"
        r"|\bwhat(?:'s| is) the (?:use|purpose|point) of\b"
        r"|\bis .{0,30} for (?:men|women|kids|children|beginners|adults|babies)"
        r"|(?<!有没有)(?<!有)(?<!找)(?<!要)(?<!款)(?<!个)适合(?:谁|什么|哪|小孩|老人|新手|孩子|男|女|几|干)|给谁"
        r"|谁(?:能|可以|适合)?用"
        r"|(?:干|做)(?:什么|啥|嘛)用|什么(?:用途|用处|场合|人用|场景|时候用)|用途|用来(?:做|干)|用处"
        r"|(?:男|女|小孩|孩子|老人|新手|左撇子)(?:生|士|人)?(?:能|可以)(?:用|穿)|针对(?:什么|谁)"
        r"|(?:能|可以)(?:拿来|用来)(?:做|干)(?:什么|啥|嘛)|面向",
    ),
    (
        "in_stock",
        r"\b(?:in|out of) stock\b|\bavailab\w+\b|\bsold out\b|\b(?:still|any|some) .{0,30}\bleft\b"
        r"|\b(?:do you|have you|you)(?: guys)? (?:still |actually |really )?(?:have|got|sell|stock"
        r"|carry) (?:the|that(?!'s| is)|this)\b|\bstill (?:have|sell|got|there|carry|around|going)\b|\bstocked\b"
        r"|\bhow many .{0,20}(?:left|in stock|do you have|are there)\b"
        r"|\bcan i (?:still )?(?:buy|get|order) (?:the|that|this|it)\b"
        rf"|\bcan i (?:still )?(?:buy|get|order) {ITEMS}(?! (?:in|but|with|for)\b)|有(?:没有)?(?:现)?货|现货"
        r"|缺货|断货|库存|卖完|售罄|还(?:有|卖|剩|在卖)货?(?:没有|没|几|多少|吗|么|不)|没货|买得到|有得卖|还能买"
        r"|能买到",
    ),
    (
        "category",
        r"\b(?:what|which) (?:category|section|department|aisle|kind of (?:thing|product)"
        r"|type of (?:thing|product)|group|class)\b|\bcategory (?:of|is|does)\b"
        r"|\b(?:filed|listed|found|sorted) (?:under|in)\b"
        rf"|\bwhere (?:do|can|would) i find (?=the\b|that\b|this\b|it\b|{ITEMS})"
        r"|(?:哪|什么|啥)(?:一|个)?(?:类|类别|分类|品类|类目|种类|区(?!别))(?!似)|属于(?:哪|什么)"
        r"|类别(?:是|呢)|分类(?:是|呢)|归(?:在|到)?哪|的(?:类别|分类|品类)",
    ),
    (
        "description",
        r"\b(?:tell|say|show|explain|give)(?: me)? (?:(?:a (?:bit|little)|some|some more|any|the) )?(?:more "
        r"|something |details? |info\w* |everything )*(?:about|on|of)\b"
        rf"|\bwhat (?:does|do) {ITEMS} do\b"
        rf"|\bwhat(?:'s| is| comes) (?:in|with|inside) (?=the\b|that\b|this\b|{ITEMS})"
        r"|\bmore (?:about|on|info\w*|details?)\b"
        r"|\b(?:details?|info\w*|description|specs?|specifications?|features|facts"
        r"|lowdown)\b(?: (?:about|on|of|for|please))?|\bdescribe\b"
        rf"|\bwhat(?:'s| is| are) (?:the )?(?={ITEMS}|{BRAND}|that|this|it\b)"
        r"|\bwhat(?:'s| is) .{0,30}\blike\b(?= ?\??$)"
        rf"|\b(?:show|open|see|view) (?:me )?(?={ITEMS}(?: ?(?:$|[?.!]| please)))"
        rf"|\bhow(?:'s| is| about| good is) (?={ITEMS})|\bis {ITEMS} (?:any )?(?:good|nice|decent|ok|worth)"
        r"|介绍|详情|详细|说说|讲讲|讲一下|说一下|说下|是(?:个)?什么(?:东西)?(?:$|[ ?呀啊])"
        r"|是啥(?:$|[ ?呀啊])|(?<!不)怎么样|咋样|如何\??$|描述|具体|(?:什么|啥)样(?:子|的)?|资料|参数"
        r"|(?:看看|看一下|看下|打开|点开)(?=[\ue400-\ue7ff]$)|了解一下|有什么(?:特点|功能|优点|特色)|好用吗"
        r"|好不好用|值得买",
    ),
]
FIELD_PATTERNS = [(name, re.compile(pattern)) for name, pattern in _FIELDS]

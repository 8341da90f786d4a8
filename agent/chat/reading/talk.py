"""What a turn does besides asking for products: it takes something back, asks about the chat, or makes small talk."""

from __future__ import annotations

import re

from newaisle.agent.chat.intent import Act
from newaisle.agent.chat.reading.text import any_of

# What a turn may begin and end with before and after it says what it wants.
_OPENING = any_of(
    """
    ok okay oh oops whoops oopsie ah hm hmm hey hi hello please no wait sorry well so and but actually can_you
    could_you can_we typo yeah yep cool nice great lovely sure fine then lol mate
    i_want_to let's let_me just now yes alright right that_was_a_mistake that_was_wrong wrong damn my_bad uh um
    """
)
_HAN_OPENING = any_of("哎 唉 嗯 好 那 请 麻烦 帮我 不好意思 等等 诶 额")
_START = rf"^(?:(?:{_OPENING}(?![a-z'])|{_HAN_OPENING})[,.! ]*)*+"
_END = (
    r"(?: (?:please|now|sorry|na|my bad|will you|would you|again|then|for me|thanks|a moment|all|so|lol"
    r"|mate|there|eh|ta|love|pal|though|haha|if (?:you can|possible|you have (?:any|them|some|more)|that's ok)))*"
    r"[ ,.!?~]*(?:吧|了|啊|呀|呢|哦|哈|啦|谢谢|谢了|吗|嘛|呗|哇|咯|喽)*[ ,.!?~]*$"
)

_N = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
# All is to be forgotten: "start over", 重新开始.
_RESET = re.compile(
    r"\b(?:start|begin)(?:ing)? (?:(?:all )?over|again|afresh|anew|fresh"
    r"|from (?:scratch|zero|the (?:start|beginning|top))|new)\b"
    r"|\breset\b(?! (?:the |my )?(?:price|budget|brand|colou?r|limit|cost)s?\b)|\bfrom scratch\b"
    r"|\b(?:clear|forget|drop|remove|delete|erase|wipe|discard|scrap) (?:absolutely )?(?:everything"
    r"|all(?= ?(?:$|[.!]))|all of it|it all|all (?:of )?(?:that|my|the|this)? ?(?:constraints|filters"
    r"|conditions|limits|rules|requests|wishes|that|this)?|(?:the|my) (?:whole thing|slate|filters"
    r"|constraints|conditions))\b|\b(?:clean|blank) (?:slate|sheet)\b"
    r"|\bnew (?:search|conversation|chat|session|start)\b|\brestart\b"
    r"|\bback to (?:square one|zero|the (?:start|beginning))\b|重新(?:开始|来|选|找)|重来|清空|清零"
    r"|清除(?:所有|全部|一切)|从头(?:再|开始|来)|重置|归零"
    r"|(?:所有|全部|一切)(?:的)?(?:条件|限制|要求)?(?:都|全)?(?:取消|清掉|清除|去掉|忘|不要了|作废)|重头(?:来|再来"
    r"|开始)|推倒重来|(?:刚才"
    r"|之前|前面|上面|所有|全部"
    r"|一切)(?:说)?的(?:那些|这些)?(?:条件|限制|要求|话|筛选)?(?:都|全|统统)(?:不要了|不算|取消|去掉|作废|忘)|(?:都"
    r"|全部?|统统|通通|一律)(?:重来|清零|归零|推翻|抹掉|删掉重来)"
    r"|从零(?:开始|再?聊|再?来|再?说|再?找)|从新(?:开始|来|聊)|重新(?:聊|说|梳理|捋)|从头(?:再)?(?:聊|说|捋|找|选)"
    r"|重启|翻篇|另起炉灶|推翻重来|一切归零|回到(?:最初|起点|原点|开头|一开始)|一笔勾销|当(?:我)?没来过"
    r"|(?:忘掉|忘了|去掉|删掉|清掉|取消|清除)(?:所有|全部|一切)(?:的)?(?:条件|限制|要求|(?=$|[ ,.!了吧]))"
    r"|(?:都|全)(?:忘了|忘掉|清掉|清了|作废)"
)
# The last thing is to be forgotten: "undo", "scratch that", 刚才的不算.
_FORGET = re.compile(
    rf"{_START}(?:never ?mind[,.! ]+)?(?:undo|revert|(?:please )?(?:forget|scratch|strike|cancel|ignore"
    r"|disregard|drop|delete|erase|remove|scrap|take back|undo|reverse|unsay) (?:about )?(?:that|this|it"
    r"|what i(?: just)? (?:said|asked|wrote|typed|told you)(?: (?:before|there|last|just now|earlier"
    r"|a \w+ ago))?|(?:the|my|that|this) (?:last|previous"
    r"|latest)(?: (?:thing|one|bit|message|request|step|turn|sentence|line|wish|change|command"
    r"|input))?(?: i (?:said|asked|wrote))?|my words)(?: last(?: one)?)?|(?:go|take me"
    r"|bring me) back(?: (?:one|a) step)?"
    r"|(?:one )?step back|back(?: up)?|(?:i )?take (?:that|it) back|never ?mind(?: that| it)?"
    r"|(?:that's|that is|it's) not what i (?:meant|said|asked(?: for)?)"
    r"|(?:undo|revert|reverse|cancel|strike) (?:that |this |the |my )?(?:that|it|this|[\ue400-\ue7ff]"
    r"|the last.*|my last.*)"
    r"|ignore (?:that|the|my) last.*|ignore me|wrong button|i misspoke|that came out wrong|that was a typo"
    r"|on second thoughts?,? (?:no|undo|scrap|forget|scratch|never mind|ignore)(?: that| it)?"
    r"|(?:i )?didn't (?:mean|say) that(?:[,. ]+(?:undo|scrap|forget|ignore|cancel|scratch) (?:it|that))?"
    r"|that was (?:a mistake|wrong|an accident)|my mistake|previous(?: one| step)?"
    rf"|as (?:it was )?before)(?: (?:step|one|completely|entirely))?{_END}|撤销|撤回|退回(?!货)|返回"
    r"|(?:回到|回|退到|倒回)上一[步个次]|上一步|收回|取消(?:刚才|刚刚|上一|前面)|退一步|后退"
    r"|(?:刚才|刚刚|上一?句|上面|前面|我?说)(?:那句|那个|的那句|的话|的|说的|这句|那条)*(?:都)?(?:不要?算"
    r"|别算|作废|忘|当我没说|取消|不作数|删)|[当算]我没说|当没说过|不算数|^不算|回到刚才|说错了(?!.{1,3}(?:我想要"
    r"|我要|要的是|应该是|是想|想要))|打错了|手滑|手误|手抖"
    r"|口误|嘴瓢|发错了?|说错话|刚(?:才|刚)?(?:说的)?那?(?:句|条|个).{0,3}(?:忘|不?算|删|撤|作废)|忘(?:了"
    r"|掉)(?:我)?(?:刚才|刚刚"
    r"|上一|前面)(?!.*(?:预算|价|牌|颜色|材质|尺寸))|^[我刚才哎呀啊不对,. ]*(?:点|搞|弄|选|看)错了?|上一?条(?:消息"
    r"|信息)?(?:作废|不算|删|撤|当)|(?:那|这"
    r"|上一?)[条句](?:话)?(?:作废|无效|不算|当我没)|上一?(?:句|条|个|步)(?:话|消息|信息)?.{0,3}(?:删|撤|忘|不算|作废"
    r"|划掉|抹)|回到刚(?:才|刚)|倒回去|退回去|改回(?:去|来)"
    r"|(?:把|将).{0,6}(?:上一|刚才|刚刚|这|那).{0,4}(?:忘|删|取消|撤)"
    r"|^(?:忘了|忘掉|忘记)(?:吧|它|这个|那个|这句|那句|刚才)|我反悔了?|^(?:算了|取消)(?:吧|了)?[ ,.!]*$"
    r"|不算了"
)
# "what can you do", 你能做什么.
_HELP = re.compile(
    rf"^\??$|^\W*(?:help|usage|commands?|instructions?|manual|menu|guide)(?: me)?{_END}"
    rf"|{_START}(?:show (?:me )?)?(?:the )?(?:help|commands|instructions){_END}"
    r"|\bwhat (?:can|do|could|are) (?:you|u)(?: actually| all| really| even)? (?:able to )?(?:do|capable of"
    r"|able to do|good for|understand)(?! ?(?:think|know|have|recommend|suggest))\b"
    r"|\bhow (?:does|do|can|should|would) (?:this|it|that|i|you|we|one)(?: \w+)?(?: \w+)? ?(?:work|use"
    r"|operate|function|talk to you|ask)\b|\bwhat are you (?:here )?for\b"
    r"|\bhow (?:do|can|should) i (?:use|talk|ask|search|filter|tell|set|exclude|type|say|phrase)\b"
    r"|\bhow to use\b|\bwhat (?:all )?(?:can|should|do|could) i (?:actually |even |all )?do(?: here| now| next"
    r"| with (?:this|you)"
    r"| in here)?[ ?!.]*$|\bwhat am i (?:supposed|meant) to (?:do|say|type|write|ask)"
    r"|\b(?:not sure|don't (?:know|get|understand)|no idea|no clue) (?:how|what) (?:this|to (?:use|do|type|say"
    r"|ask|write)|i)\b"
    r"|\bwalk me through\b|\bshow me the ropes\b|\bwhat else can (?:you|i) do\b|\bwhat's possible\b|\bget started\b"
    r"|\bwhat (?:(?:kinds?|sorts?) of )?(?:(?:things?|questions?|stuff) )?(?:can|should|do|may) i (?:say|ask"
    r"|type|do|write|tell you)\b"
    r"|\bwhat(?:'s| is) (?:this|newaisle|this (?:thing|chat|tool|program|app))(?: for| about)?[ ?]*$"
    r"|\bwhat(?:'s| are) (?:the|my|your) (?:commands|options|features|functions|abilities)\b"
    r"|\bi(?:'m| am) (?:lost|stuck|confused)\b"
    r"|\b(?:i )?need (?:some )?help(?: with (?:this|using).*)?[ ?!.]*$|\bwhat can you help\b"
    r"|\bhelp (?:page|text|please|me out)\b|\bcan you help(?: me)?[ ?!.]*$"
    r"|\bexplain (?:how|what) (?:you|this|it) (?:works?|do(?:es)?|can)\b|^帮助|^帮助[ ?!.]*$"
    r"|^(?:求助|救命|使用说明|说明书|命令|指令|功能)"
    r"|怎么(?:使)?用(?:这个|这|你)?(?!.*(?:它|这个锅|第))(?:啊|呢|呀|的)?[ ?]*$|如何使用"
    r"|怎么(?:操作|玩|跟你说|和你聊|问你)"
    r"|你(?:都|还|能|会|可以|到底|究竟)*(?:帮我?(?:们)?)?(?:能|会|可以)?(?:帮我?)?(?:做|干|干点|做点|帮"
    r"|帮到我)(?:些|点)?(?:什么|啥|哪些|嘛)|^你(?:都|还)?(?:会|能)(?:些|点)?(?:什么|啥|干嘛)"
    r"|你(?:有|都有)(?:什么|哪些|啥)(?:功能|用|本事)|有(?:什么|哪些)(?:命令|指令|功能)"
    r"|(?:我|都|还|^)(?:能|可以|该|应该|要)(?:怎么|如何)?(?:问|说|用)(?:你)?(?:什么|些什么|啥|哪些)?[ ?]*$"
    r"|(?:咋|怎么|如何)用(?:这|你)(?:个)?(?:玩意儿?|东西|软件|系统|程序)|怎么使(?:唤)?(?:你|这个|它)?[啊呢呀 ?]*$"
    r"|教教我|(?:头一回|第一次|初次|刚)(?:来|用"
    r"|使用)(?:这个|这儿|你)?[, "
    r"]*(?:咋|怎么|如何)(?:整|弄|用|操作|玩|搞"
    r"|开始)|^(?:咋|怎么|如何)(?:整|弄|玩|搞|操作)(?:啊|呀|呢)?$|(?:使用|新手|操作)(?:指南|手册|教程|引导)|不(?:太"
    r"|大)?会(?:用|使|弄|操作)(?:你|这个|这)"
    r"|使用方法|用法|帮助文档|^能做(?:些|点)?(?:什么|啥)|你?能帮(?:我|上|到)*(?:什么|啥|哪些)忙"
    r"|(?:聊天|助手|机器人|系统|软件|程序)(?:能|可以|会)(?:做|干)(?:点|些)?(?:什么|啥|嘛)"
)
# "what do you know about me", 你知道我什么.
_PROFILE = re.compile(
    r"\b(?:what|which|anything|everything|how much|all|stuff)\b[^.,!?;]{0,40}\b(?:you|your|u)\b[^.,!?;]{0,40}"
    r" (?:about|on|of|regarding|concerning) (?:me|myself)\b"
    r"|\b(?:you|your)\b[^.,!?;]{0,30}\b(?:tabs|notes?|records?|files?|data|info\w*|profile|details|anything|something)"
    r" (?:saved |stored |noted )?(?:on|about|of) (?:me|myself)\b"
    r"|\byou (?:still |even |actually )?(?:remember|recall|recogni[sz]e|know) (?:me\b|who i|what i(?:'m| am"
    r"| like| love|'ve| have"
    r"| bought| told| said| usually| normally)|my|anything)|\bwhat am i (?:into|like|all about)\b"
    r"|\byou (?:\w+ )?(?:keep|keeping|save|store|track|log|remember|note)\w*\b[^.,!?;]{0,25}\b(?:what"
    r"|everything|things|stuff)"
    r" i (?:buy|like|say|tell|want|bought|liked|said|told|do)"
    r"|\bwhat do i (?:usually |normally |tend to |generally )(?:like|buy|go for|want|get)"
    r"|\b(?:tell|show)(?: me)? what you(?:'ve| have)? (?:know|learned|learnt|got|stored|noted)(?: about| on) me\b|"
    r"\bwhat (?:info\w*|data|details|stuff|things) (?:do|did|have) you (?:have|know|keep|store|remember"
    r"|got) (?:on|about) me\b"
    r"|\bwhat (?:do|did|have|does|all do|else do|exactly do) (?:you|u|it|this)(?: all| already| actually"
    r"| even| really| currently)? (?:know|remember|got|learn|learned|learnt|have|think|keep|store|stored"
    r"|noted|collected|believe|saved)(?: on| about| of| down)? ?(?:me|my|i|in my profile)\b"
    r"|\bwhat (?:have|did) i(?: already| just| ever)? (?:told?|said?|asked?|like[d]?|bought|buy|ordered"
    r"|purchased|say|tell|prefer|want)\b"
    r"|\b(?:remind me|tell me|list|show me|repeat|recap|summari[sz]e|recall)(?: of| about)? (?:what"
    r"|everything|all|the things) (?:that )?i(?:'ve| have)? ?(?:already |just )?(?:told|said|asked|like"
    r"|liked|bought|want|wanted|mentioned|ordered|know)"
    r"|\b(?:my|about my) (?:profile|history|preferences|tastes?|data|purchases|orders|past orders"
    r"|purchase history|likes)\b"
    r"|\b(?:show|see|tell|know)(?: \w+){0,2} (?:my|about me|about myself)[ ?.!]*$"
    r"|\b(?:which|what) (?:things|products|stuff|kind of things|sort of things|brands|items"
    r"|colou?rs)? ?(?:do|does|did|have) (?:you|u|i)(?: \w+)? ?(?:think|believe|know|remember"
    r"|bought)?(?: that)? ?i(?:'ve| have)? (?:like|love|prefer|want|enjoy|bought|liked)"
    r"|\b(?:have|did) i (?:ever |already )?(?:bought|buy|ordered|order|liked|told)\b"
    r"|\bwho (?:do you think )?(?:am i|i am)\b"
    r"|\bdo you (?:know|remember) (?:me|who i am|anything about me|what i)\b"
    r"|\bwhat (?:kind|sort|type) of (?:customer|shopper|person|buyer) (?:am i|do you think i am)\b"
    r"|\bwhat(?:'s| is) (?:in )?my (?:profile|taste|history)\b"
    r"|你们?(?:都|还|到底|究竟|对我|现在)*(?:知道|了解|记得|记住|记录|掌握|清楚|晓得)(?:了)?(?:关于)?(?:我"
    r"|哪些关于我|什么关于我)"
    r"|(?:我|跟你|和你).{0,8}(?:说过|告诉过|讲过|提过|告诉你|买过|喜欢过|聊过)(?:你)?(?:的)?(?:什么|啥"
    r"|哪些|些什么|过什么|过啥)"
    r"|我(?:的)?(?:资料|画像|喜好|偏好|档案|历史|口味|购买记录|个人信息|信息|记录|购物记录)(?:是|有|都有"
    r"|里)?(?:什么|啥|哪些|列|给我|吗|怎么|如何)?"
    r"|我(?:都|平时|一般|到底)?(?:喜欢|爱|偏好|买过|买了)(?:什么|啥|哪些|些什么)|你(?:都)?有我的?(?!吗)"
    r"|(?:关于|有关)我的(?:一切|所有|全部|信息|事|资料|情况)|(?:有|存)着?我的?(?:哪些|什么|啥)|(?:存|记|记下|收集"
    r"|保存|攒|掌握|留|藏)(?:着|了|下了"
    r"|有)?(?:关于)?我(?:的)?(?:哪些|什么|啥|多少)"
    r"|我的?(?:资料|信息|数据|喜好|情况)你(?:都|那)?(?:存|记|有|知道|掌握|了解)|我(?:之前|以前|都)*买(?:了|过)(?:些"
    r"|点)?(?:什么|啥|哪些)|你(?:都)?(?:记住"
    r"|知道|了解)了?(?:什么|啥|哪些)"
    r"|我(?:都)?有(?:哪些|什么|啥)(?:偏好|喜好|爱好|记录)|你觉得我(?:喜欢|会喜欢|爱|是)(?:什么|啥|哪)"
    r"|(?:关于我|对我)(?:你)?(?:都)?(?:知道|了解|有)|你(?:眼里|眼中)的我|我是谁"
    r"|我是(?:什么样|哪种|怎样)的(?:人|顾客|用户)|你(?:还)?认识我"
)
# 再给我看几个: verbs and amounts in a wish for more.
_HAN_SHOW = any_of(
    "翻翻 往后翻 往后翻翻 拿 端 上 整 弄 搞 发 甩 亮 搬 淘 来 看 推荐 推 找 展示 显示 列 加载 翻 给 往下 刷 往后 要 "
    "挑 多"
)
_HAN_SOME = (
    "(?:"
    + any_of(
        "款式 一波 一轮 一拨 一打 若干 看看 瞅瞅 瞧瞧 出来 过来 上来 来看 几种 几件 选择 几个 一些 点 些 几款 一批 "
        "一页 "
        "别的 更多 多 看 翻 一点 下 往下 的 来 一组 几样 推荐"
    )
    + r"|[一二两三四五六七八九十\d]+(?:个|款|件|样|种))"
)
# More of the same, and nothing else.
_MORE = re.compile(
    rf"{_START}(?:go on,? (?:then,? )?(?!$))?(?:(?:can |could |may |would |will |might |kindly )*(?:you |i "
    r"|we )?(?:have |got |have you got |are there |is there "
    r"|do you have |please |kindly |let me |let's )*(?:i(?:'d| would) like to |(?:i )?want to |i'd love to )?(?:show"
    r"|give|see|load|get|find|list|bring|want|need|have)?(?: me"
    rf"| us)? ?(?:a few |some |any |anything |{_N} |a couple |a couple of |another few |the |lots |few )*(?:more|next"
    r"|others|further)(?: (?:of (?:them|these|those|this|that|the same)|ones?|options?|results?|products?"
    r"|items?|stuff|things?|suggestions?|ideas?|choices?|recommendations?|picks?|page|few|please|batch|set|lot|load"
    r"|round|bunch|handful"
    rf"|of it|{_N}))*(?: (?:would|wouldn't|might|could) (?:be (?:good|nice|great|lovely|fab)|hurt|go amiss"
    r"|do))?|what else(?: (?:is there|do you have|have you got|you got|have you"
    r"|can you (?:show|offer|recommend|suggest)(?: me)?|could you show me|you have))?(?: (?:up your sleeve"
    r"|in store|lurking|hiding))?"
    r"|any ?(?:thing|ones?) (?:else|more|further)|any other (?:suggestions?|ideas?|options?|recommendations?"
    r"|picks?|products?|ones)|(?:any|got any|are there any|show me the|the)? ?(?:others|other ones)"
    r"|(?:keep|carry) (?:going|scrolling|looking|on|showing|them coming|it coming)|hit me with (?:some |a few )?more"
    r"|more where that came from|is that (?:everything|your lot|the lot)|(?:got|have) (?:any|some) (?:more"
    r"|others)|continue|go on|scroll(?: down)?|page (?:2|two|down)"
    rf"|(?:(?:show|give|get) me )?another(?: one| few| page| batch| {_N})?"
    rf"|(?:show (?:me )?|see )?(?:the )?rest|{_N} more|(?:is )?that (?:all|it)(?: you have| you've got"
    r"| there is)?|and (?:what )?else|(?:and )?(?:what(?:'s| is| comes)? )?after (?:these|this|those|that)"
    rf"|is there more){_END}"
    rf"|{_START}(?:(?:后头|后面|下面|底下|接下来|那)?还有(?:没有|没|不|别的|其他的?|其它的?|更多的?|啥|什么|哪些"
    rf"|多的)*+(?:推荐|吗|么|呢|嘛|的)*"
    rf"|(?:给我|让我|想|要|请|我|看|来|还){{0,4}}(?:再|多|继续|接着|更)(?:给我|帮我)?{_HAN_SHOW}*+{_HAN_SOME}*+"
    r"|[换翻]?下一(?:页|批|组|个|波)|往下(?:翻|看|滑|拉)?|后面的?(?:呢|还有吗)?|继续|还有呢|然后呢|接着"
    r"|就这些|就这几个|没了|没有了|(?:这(?:些|几个|批|几款)(?:我)?(?:都)?看(?:完|过|好)了[, ]*)?(?:接着|继续)(?:上|来"
    r"|看|推|放|翻|给我看|往下){0,2}"
    r"|(?:继续){2,3}|(?:再来){2,3}|还要|(?:给|看|翻到?|去|上)*第[二三四五六2-6]页|(?:往后|往下|向下|接着)(?:翻|看|滑"
    r"|刷|拉){1,2}|(?:其他"
    r"|其余|剩下|别)的?(?:几个|那些)?也(?:让我|给我|拿来|拿出来|要)*(?:看看|瞧瞧|看|瞅瞅|列出来)*|(?:看看?)?(?:下面"
    r"|后面|底下|接下来|后边|下边)的?(?:看看|几个"
    r"|那些)?(?:也看看|呢)?|(?:剩下|其余|其他|余下)的?(?:几个)?呢|翻页|没看够|(?:后面"
    r"|下面|还)有(?:没有)?货|加载更多|多来点儿?"
    rf"|多多益善|(?:下一?[页批组拨波轮]){{1,2}}|(?:还有|有)没有(?:了|啦)|不够(?:看)?[, ]*再来(?:点|些|几个)){_END}"
)
_PARTS = re.compile(r"[ ,.!?]*[,.!?][ ,.!?]*")
_HURRY = re.compile(
    r"(?:搞|快|麻利|麻溜|抓紧|速度)(?:快|一)?点?儿?的?|太少了?|不够看?|看完了|come on|hurry(?: up)?|not enough"
)
# Small talk wherever nothing is wanted beside it, as a greeting may come before a wish.
_SMALL_TALK = re.compile(
    r"\b(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|night|day)|thanks|thank"
    r"|thank you|cheers|bye|goodbye|see you|see ya|jokes?|weather|how are you|how's it going|how are things"
    r"|what's up|sup|g'?day|good ?morning|mornin|evening all|ello|alright\??$|how's (?:tricks|life|things|your day|you)"
    r"|pleased to meet|acquaintance|lmao|rofl|sorry (?:for|about|if)\b|apologi[sz]e|how (?:was|is"
    r"|were) (?:your|you|ya)\b|who (?:made|built|created) you|ta\b|much appreciated|appreciate (?:it|that)"
    r"|(?:you're|you are) (?:a )?(?:\w+ )?(?:legend|star|genius|lifesaver|gem|angel|treasure|diamond|rubbish"
    r"|slow|awful|helpful"
    r"|hopeless)|who are you|what are you|your name|are you (?:a |an )?(?:real|human|robot|bot|ai|person"
    r"|machine|there|ok|sure|happy|alive|stupid|married|single)|bored|lol|haha+|sing|poem|story"
    r"|meaning of life|what time|nice to meet|have a (?:nice|good|great)|well done|good job|nice work"
    r"|(?:you're|you are) (?:so |very |really )?(?:great|welcome|funny|nice|the best|awesome|cute|stupid"
    r"|useless)|i love you|merry christmas|happy (?:new year|birthday|holidays)|president|football score"
    r"|capital of|my day|i'm (?:fine|good|tired|sad|happy|hungry|back|here|bored))\b|你好|您好|哈喽|嗨"
    r"|早上好|下午好|晚上好|早安|晚安|中午好|谢谢|多谢|感谢|谢啦|谢了|再见|拜拜|回头见|笑话|天气|你是谁"
    r"|你叫(?:什么|啥)|段子|脑筋急转弯|猜谜|成语接龙|你是(?:人|机器|ai|真人)|吃了吗|吃饭了|无聊|在吗|在不在|辛苦"
    r"|好久不见|唱(?:个|首)?歌"
    r"|讲(?:个|一个)?故事|几点|心情|你多大|你几岁|最近怎么样|哈哈|呵呵|嘿嘿|新年快乐|生日快乐|圣诞快乐|爱你"
    r"|真聪明|真棒|厉害|你喜欢什么|陪我聊|不客气|意义|哲学|宇宙|爱情|^(?:好的?|嗯+|ok|行)?[, ]*(?:收到|明白了?|知道了"
    r"|懂了|了解了?|晓得了)(?:了|啦)?$|吃了没|您呐"
    r"|先这样|就这样吧|回聊|改天聊|下次聊|闪了|溜了|666|hhh|加班|emo|失眠|摸鱼|堵车|下班了|放假了|周末愉快|好困|困死"
    r"|饿死|好饿|好累|累死|好烦|心累|好冷|好热|下雨|下雪|想静静"
    r"|睡不着|夸夸|你真(?:逗|好|行|棒|牛)|牛[啊哇逼]|太牛|有你真好|你(?:几岁|多大|属什么|累不累|困不困|睡不睡)"
    r"|你(?:结婚|有对象)|(?:今天|今儿|今晚|昨晚|外面|外头"
    r"|这天儿?)(?:个)?(?:可|好|真|太|很|有点|这么){0,2}(?:热|冷|闷|潮|晒|累|开心|烦|困)|今天(?:好|真|太|很)?(?:热|冷"
    r"|累|开心)|聊聊天|星期几|周几"
)
# A question about the assistant itself: "do you ever sleep".
_OF_ASSISTANT = re.compile(
    r"\b(?:do|did|are|were|have|can|could|would|will|is|was|how|what|where|when|who|which|does) (?:\w+ )?"
    r"(?:you|your|yourself)\b(?! (?:have|got|sell|stock|carry|do|show|find|give|get|recommend|suggest|offer|make)\b)"
)
# Small talk whatever else is said.
_CHATTER = re.compile(
    r"\b(?:jokes?|weather|sing (?:me|a|us)|poem|tell me a story|meaning of life|what time is it|capital of"
    r"|football score)\b|笑话|天气|唱(?:个|首)?歌|讲(?:个|一个)?故事|几点了"
)


def aside(text: str) -> Act | None:
    """What a turn does that needs no product: None where it does something else.

    Small talk is not decided here: a greeting may come before a wish.
    """
    checks: list[tuple[Act, re.Pattern[str]]] = [
        ("profile", _PROFILE),
        ("reset", _RESET),
        ("forget", _FORGET),
        ("help", _HELP),
    ]
    return next((act for act, pattern in checks if pattern.search(text)), None)


def asks_more(text: str) -> bool:
    """Whether a turn wants further products like before and says nothing else."""
    parts = [part for part in _PARTS.split(text) if part and not _HURRY.fullmatch(part)]
    return bool(_MORE.search(text.strip(" ,.!?"))) or (bool(parts) and all(map(_MORE.search, parts)))


def is_chatter(text: str) -> bool:
    """Whether a turn is about the world and not about products, whatever the words in it."""
    return bool(_CHATTER.search(text))


def is_of_assistant(text: str) -> bool:
    """Whether a turn asks about the assistant; it may still ask it for products."""
    return bool(_OF_ASSISTANT.search(text))


def is_small_talk(text: str) -> bool:
    return bool(_SMALL_TALK.search(text))

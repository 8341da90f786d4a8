"""What a turn does besides asking for products: it takes something back, asks about the chat, or makes small talk."""

from __future__ import annotations

import re

from agent.chat.intent import Act
from agent.chat.reading.text import any_of

# What a turn may begin and end with before and after it says what it wants.
_OPENING = any_of(
    """
    ok okay oh oops whoops oopsie ah hm hmm hey hi hello please no wait sorry well so and but actually can_you
    could_you can_we
    i_want_to let's let_me just now yes alright right that_was_a_mistake that_was_wrong wrong damn my_bad uh um
    """
)
_HAN_OPENING = any_of("哎 唉 嗯 好 那 请 麻烦 帮我 不好意思 等等 诶 额")
_START = rf"^(?:(?:{_OPENING}(?![a-z'])|{_HAN_OPENING})[,.! ]*)*+"
_END = (
    r"(?: (?:please|now|again|then|for me|thanks|a moment|all))*[ ,.!?~]*(?:吧|了|啊|呀|呢|哦|哈|啦|谢谢"
    r"|谢了|吗|嘛)*[ ,.!?~]*$"
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
    r"|(?:所有|全部|一切)(?:的)?(?:条件|限制|要求)?(?:都|全)?(?:取消|清掉|清除|去掉|忘|不要了|作废)|推倒重来"
    r"|从零开始|从新开始"
    r"|(?:忘掉|忘了|去掉|删掉|清掉|取消|清除)(?:所有|全部|一切)(?:的)?(?:条件|限制|要求|(?=$|[ ,.!了吧]))"
    r"|(?:都|全)(?:忘了|忘掉|清掉|清了|作废)"
)
# The last thing is to be forgotten: "undo", "scratch that", 刚才的不算.
_FORGET = re.compile(
    rf"{_START}(?:never ?mind[,.! ]+)?(?:undo|revert|(?:please )?(?:forget|scratch|strike|cancel|ignore"
    r"|disregard|drop|delete|erase|remove|scrap|take back|undo|reverse|unsay) (?:about )?(?:that|this|it"
    r"|what i(?: just)? (?:said|asked|wrote|typed|told you)|(?:the|my|that|this) (?:last|previous"
    r"|latest)(?: (?:thing|one|bit|message|request|step|turn|sentence|line|wish|change|command"
    r"|input))?(?: i (?:said|asked|wrote))?|my words)(?: last(?: one)?)?|go back(?: (?:one|a) step)?"
    r"|(?:one )?step back|back(?: up)?|(?:i )?take (?:that|it) back|never ?mind(?: that| it)?"
    r"|(?:that's|that is|it's) not what i (?:meant|said|asked(?: for)?)"
    r"|(?:undo|revert|reverse) (?:that|it|this|[\ue400-\ue7ff]|the last.*|my last.*)"
    r"|ignore (?:that|the|my) last.*|(?:i )?didn't (?:mean|say) that"
    r"|that was (?:a mistake|wrong|an accident)|my mistake|previous(?: one| step)?"
    rf"|as (?:it was )?before)(?: (?:step|one|completely|entirely))?{_END}|撤销|撤回|退回(?!货)|返回"
    r"|(?:回到|回|退到|倒回)上一[步个次]|上一步|收回|取消(?:刚才|刚刚|上一|前面)|退一步|后退"
    r"|(?:刚才|刚刚|上一?句|上面|前面|我?说)(?:那句|那个|的那句|的话|的|说的|这句|那条)*(?:都)?(?:不要?算"
    r"|别算|作废|忘|当我没说|取消|不作数|删)|[当算]我没说|当没说过|不算数|^不算|回到刚才|说错了|打错了"
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
    r"|\bhow to use\b"
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
    r"|使用方法|用法|帮助文档|^能做(?:些|点)?(?:什么|啥)|你?能帮我?(?:什么|啥|哪些)忙"
    r"|(?:聊天|助手|机器人|系统|软件|程序)(?:能|可以|会)(?:做|干)(?:点|些)?(?:什么|啥|嘛)"
)
# "what do you know about me", 你知道我什么.
_PROFILE = re.compile(
    r"\b(?:tell|show)(?: me)? what you(?:'ve| have)? (?:know|learned|learnt|got|stored|noted)(?: about| on) me\b|"
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
    r"|我(?:之前|以前|都)?买(?:了|过)(?:什么|啥|哪些)|你(?:都)?(?:记住|知道|了解)了?(?:什么|啥|哪些)"
    r"|我(?:都)?有(?:哪些|什么|啥)(?:偏好|喜好|爱好|记录)|你觉得我(?:喜欢|会喜欢|爱|是)(?:什么|啥|哪)"
    r"|(?:关于我|对我)(?:你)?(?:都)?(?:知道|了解|有)|你(?:眼里|眼中)的我|我是谁"
    r"|我是(?:什么样|哪种|怎样)的(?:人|顾客|用户)|你(?:还)?认识我"
)
# 再给我看几个: verbs and amounts in a wish for more.
_HAN_SHOW = any_of("来 看 推荐 推 找 展示 显示 列 加载 翻 给 往下 刷 往后 要 挑 多")
_HAN_SOME = (
    "(?:"
    + any_of("几个 一些 点 些 几款 一批 一页 别的 更多 多 看 翻 一点 下 往下 的 来 一组 几样 推荐")
    + r"|[一二两三四五六七八九十\d]+(?:个|款|件|样|种))"
)
# More of the same, and nothing else.
_MORE = re.compile(
    rf"{_START}(?:(?:can |could |may )?(?:you |i |we )?(?:have |got |have you got |are there |is there "
    r"|do you have |please |let me |let's )*(?:show|give|see|load|get|find|list|bring|want|need|have)?(?: me"
    rf"| us)? ?(?:a few |some |any |{_N} |a couple |a couple of |another few |the |lots |few )*(?:more|next"
    r"|others|further)(?: (?:of (?:them|these|those|this|that|the same)|ones?|options?|results?|products?"
    r"|items?|stuff|things?|suggestions?|ideas?|choices?|recommendations?|picks?|page|few|please|batch|set"
    rf"|of it|{_N}))*|what else(?: (?:is there|do you have|have you got|you got|have you"
    r"|can you (?:show|offer|recommend|suggest)(?: me)?|could you show me|you have))?"
    r"|any ?(?:thing|ones?) (?:else|more|further)|any other (?:suggestions?|ideas?|options?|recommendations?"
    r"|picks?|products?|ones)|(?:any|got any|are there any|show me the|the)? ?(?:others|other ones)"
    r"|(?:keep|carry) (?:going|on|showing|them coming)|continue|go on|scroll(?: down)?|page (?:2|two|down)"
    rf"|(?:(?:show|give|get) me )?another(?: one| few| page| batch| {_N})?"
    rf"|(?:show (?:me )?|see )?(?:the )?rest|{_N} more|(?:is )?that (?:all|it)(?: you have| you've got"
    rf"| there is)?|and (?:what )?else|is there more){_END}"
    rf"|{_START}(?:还有(?:没有|没|别的|其他的?|其它的?|更多的?|啥|什么|哪些|多的)*+(?:推荐|吗|么|呢|嘛|的)*"
    rf"|(?:给我|让我|想|要|请|我|看|来){{0,4}}(?:再|多|继续|接着|更)(?:给我|帮我)?{_HAN_SHOW}*+{_HAN_SOME}*+"
    r"|[换翻]?下一(?:页|批|组|个|波)|往下(?:翻|看|滑|拉)?|后面的?(?:呢|还有吗)?|继续|还有呢|然后呢|接着"
    rf"|就这些|就这几个|没了|没有了){_END}"
)
# Small talk wherever nothing is wanted beside it, as a greeting may come before a wish.
_SMALL_TALK = re.compile(
    r"\b(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|night|day)|thanks|thank"
    r"|thank you|cheers|bye|goodbye|see you|see ya|jokes?|weather|how are you|how's it going|how are things"
    r"|what's up|sup|who are you|what are you|your name|are you (?:a |an )?(?:real|human|robot|bot|ai|person"
    r"|machine|there|ok|sure|happy|alive|stupid|married|single)|bored|lol|haha+|sing|poem|story"
    r"|meaning of life|what time|nice to meet|have a (?:nice|good|great)|well done|good job|nice work"
    r"|(?:you're|you are) (?:so |very |really )?(?:great|welcome|funny|nice|the best|awesome|cute|stupid"
    r"|useless)|i love you|merry christmas|happy (?:new year|birthday|holidays)|president|football score"
    r"|capital of|my day|i'm (?:fine|good|tired|sad|happy|hungry|back|here|bored))\b|你好|您好|哈喽|嗨"
    r"|早上好|下午好|晚上好|早安|晚安|中午好|谢谢|多谢|感谢|谢啦|谢了|再见|拜拜|回头见|笑话|天气|你是谁"
    r"|你叫什么|你是(?:人|机器|ai|真人)|吃了吗|吃饭了|无聊|在吗|在不在|辛苦|好久不见|唱(?:个|首)?歌"
    r"|讲(?:个|一个)?故事|几点|心情|你多大|你几岁|最近怎么样|哈哈|呵呵|嘿嘿|新年快乐|生日快乐|圣诞快乐|爱你"
    r"|真聪明|真棒|厉害|你喜欢什么|陪我聊|不客气|今天(?:好|真|太|很)?(?:热|冷|累|开心)|聊聊天|星期几|周几"
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
    return bool(_MORE.search(text.strip(" ,.!?")))


def is_chatter(text: str) -> bool:
    """Whether a turn is about the world and not about products, whatever the words in it."""
    return bool(_CHATTER.search(text))


def is_small_talk(text: str) -> bool:
    return bool(_SMALL_TALK.search(text))

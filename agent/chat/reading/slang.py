"""How people who type fast write common words, and idioms by what they mean. What is not here is read as it stands."""

from __future__ import annotations

import re

# Short or misspelled:meant, with _ for a space.
_PAIRS = """
nvm:never_mind tbh:honestly imo:in_my_opinion imho:in_my_opinion idk:i_don't_know lefty:left-handed
lefties:left-handed u:you tenner:10_pounds fiver:5_pounds ur:your r:are ya:you pls:please plz:please
plsss:please thx:thanks thnx:thanks ty:thanks tysm:thanks cheers:thanks im:i'm ive:i've id:i'd ill:i'll
dont:don't doesnt:doesn't didnt:didn't isnt:isn't arent:aren't wasnt:wasn't cant:can't wont:won't
shouldnt:shouldn't wouldnt:wouldn't couldnt:couldn't hasnt:hasn't havent:haven't aint:isn't ain't:isn't
lets:let's whats:what's whos:who's thats:that's hows:how's wheres:where's theres:there's its:it's youve:you've
wanna:want_to gonna:going_to gotta:have_to gimme:give_me lemme:let_me dunno:don't_know kinda:kind_of
sorta:sort_of w:with w/:with w/o:without wo:without smth:something sth:something sumthing:something
sumthin:something sthg:something smthing:something somthing:something anythin:anything nothin:nothing
cuz:because coz:because cos:because bc:because tho:though thru:through ppl:people b4:before gf:girlfriend
bf:boyfriend bday:birthday xmas:christmas rn:now btw:by_the_way atm:now abt:about cheeper:cheaper cheapr:cheaper
chepaer:cheaper expencive:expensive expensiv:expensive exspensive:expensive recomend:recommend
reccomend:recommend recommand:recommend similiar:similar simular:similar diffrent:different differnt:different
beter:better wich:which wat:what wut:what y:why teh:the hte:the jsut:just somehting:something betwen:between
beetween:between bellow:below undr:under underneath:under les:less maximun:maximum fav:favourite fave:favourite
favs:favourites okay:ok okey:ok kk:ok yep:yes yeah:yes yup:yes nope:no nah:no cannot:can't dun:don't kno:know
wht:what abot:about abuot:about limt:limit brnad:brand barnd:brand pirce:price
filter_out:exclude rule_out:exclude cut_out:exclude throw_out:exclude kick_out:exclude fed_up_with:tired_of
burning_a_hole_in_my_pocket:to_spend off_the_table:out steer_clear_of:avoid stay_clear_of:avoid
keep_clear_of:avoid keep_away_from:avoid stay_away_from:avoid left_hander:left-handed water_proof:waterproof
light_weight:lightweight hand_made:handmade
anything_bar:anything_but everything_bar:everything_but any_brand_bar:any_brand_but all_bar:all_but
my_cup_of_tea:my_thing me_cup_of_tea:my_thing burning_a_hole_in_me_pocket:to_spend cuppa:tea em:them 'em:them
if_it's_all_the_same_to_you:please if_its_all_the_same_to_you:please if_it's_all_the_same:please
need_2:need_to needs_2:needs_to have_2:have_to has_2:has_to want_2:want_to run_a:have_a what_on_earth:what
why_on_earth:why how_on_earth:how what_the_hell:what why_the_hell:why how_the_hell:how
what_the_heck:what why_the_heck:why whys:why_is why's:why_is hang_on:wait hold_on:wait moar:more bout:about bux:bucks
dollers:dollars dollors:dollars more_then:more_than less_then:less_than
higher_then:higher_than lower_then:lower_than cheaper_then:cheaper_than other_then:other_than rather_then:rather_than
n:and my_jam:my_thing no_longer:not soft_spot_for:love no_thanks_to:no no_thank_you_to:no shwo:show waht:what
wnat:want liek:like
taht:that thsi:this tahn:than mroe:more soem:some
giv:give hav:have luv:love ain't_fussed:not_fussed whatcha:what_have_you ya_got:you_have innit:please
over_my_dead_body:no_way gone_off:tired_of went_off:tired_of sworn_off:avoid swore_off:avoid
stay_off:avoid lay_off:avoid swerve:avoid boycott:avoid boycotting:avoid excl:except excl.:except exc.:except
w/out:without axe_the:drop_the hard_no:no big_no:no firm_no:no definite_no:no absolute_no:no
a_piece:each weed_out:exclude strip_out:exclude
screen_out:exclude stick_to:want stick_with:want sticking_to:want sticking_with:want
can't_bear:can't_stand can't_handle:can't_stand
hard_pass_on:no had_my_fill_of:tired_of nowt:nothing owt:anything summat:something my_flat:my_home our_flat:our_home
my_new_flat:my_new_home our_new_flat:our_new_home my_first_flat:my_first_home avoiding:avoid skipping:avoid
为什莫:为什么 为森么:为什么 为甚么:为什么 便移:便宜 便谊:便宜
变宜:便宜 偏宜:便宜 边宜:便宜 便易:便宜 扫钱:少钱 多少前:多少钱 有木有:有没有 有莫有:有没有
神马:什么 肿么:怎么 介个:这个 辣个:那个 灰常:非常 推存:推荐 推见:推荐 价各:价格 价隔:价格
价恪:价格 予算:预算 预祘:预算 预箅:预算 不锈刚:不锈钢 不绣钢:不锈钢 不秀钢:不锈钢 露莹:露营 路营:露营 徒布:徒步
咖非:咖啡 加啡:咖啡
已内:以内 以類:以内 已下:以下 不药:不要 布要:不要 第儿:第二 地一个:第一个 地二个:第二个 地三个:第三个 烤虑:考虑
考绿:考虑
坏一批:换一批 防睡:防水 牌孑:牌子
莫要:不要 莫得:没有 没得:没有 木得:没有 冇:没有 唔要:不要 唔使:不用 勿要:不要 覅:不要 弗要:不要 啥子:什么 么子:什么
咩:什么 撒子:什么 啷个:怎么 咋子:怎么 咋个:怎么 晓得:知道
巴适:不错 要得:可以 得行:可以 几多钱:多少钱 平啲:便宜点 平点:便宜点 嘅:的 咁:这么 佢:他 嚟:来 睇:看 俾:给 啲:点 侬:你
阿拉:我们 忒:太 贼贵:很贵
老贵了:太贵了 贼拉:很 老鼻子:很多 杠杠的:很好 得劲:不错 稀罕:喜欢 瞧不上:看不上 相不中:看不上 瞅不上:看不上
看不中:看不上 不得买:不买 谢谢侬:谢谢
磕碜:难看 泰裤辣:好看 老丑:太丑 推建:推荐 推健:推荐 喜换:喜欢 喜歡:喜欢 钟意:喜欢 中意:喜欢
"""
SLANG: dict[str, str] = {
    short.replace("_", " "): long.replace("_", " ")
    for short, long in (pair.split(":") for pair in _PAIRS.split())
    if short.isascii()
}
CHINESE_SLIPS: dict[str, str] = {
    short: long for short, long in (pair.split(":") for pair in _PAIRS.split()) if not short.isascii()
}
# The same where it takes what stands beside it to tell: 在来几个 but 现在来, no皮革, 双十一 with its numbers.
_HAN_AT = r"[\u3400-\u9fff]"
CHINESE_PATTERNS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"(?<![现正实存还])在(?=来[几点个些一二两三四五六七八九十\d]|来$|给我|多[来给]|便宜|推荐几)"), "再"),
    (re.compile(rf"\bno ?(?={_HAN_AT})"), "不要"),
    (re.compile(r"(?<=[块元刀百十千\d])(钱?)一下(?!子)"), r"\1以下"),
    (re.compile(r"(?<![一二两三四五六七八九十几数上成老第\d])(?<!分之)(?=[百千](?:[元块,. ]|以内|以下|以上|$))"), "一"),
    (re.compile(rf"(?<={_HAN_AT})cheap(?:er)?(?![a-z])|(?<![a-z])cheap(?:er)?(?={_HAN_AT})"), "便宜"),
    (re.compile(rf"(?:(?<![a-z])same |(?<={_HAN_AT})same )brand(?={_HAN_AT})"), "同样的牌子"),
    (re.compile(rf"(?<![a-z])in ?stock(?={_HAN_AT})"), "有货"),
    (re.compile(rf"(?<={_HAN_AT})(?:brand)(?![a-z])|(?<![a-z])brand(?={_HAN_AT})"), "牌子"),
    (re.compile(r"唔(?=[喜钟中想要好系识知会得])"), "不"),
    (re.compile(r"莫(?=[超用要推给买看来放选找提高贵太再整拿碰弄搞])"), "别"),
    (re.compile(r"(?<![\d一二三四五六七八九十百千])(?:双十[一二]|双1[12])|(?<!\d)618(?=大促|活动|年中|购物)"), "大促"),
    (
        re.compile(
            r"(?<![\d一二三四五六七八九十百千])(?:六一|五一|三八|十一)(?=[儿假节送放出要我想去预礼回小长劳国 ,])"
        ),
        "节日",
    ),
]

"""How people who type fast write common words, and idioms by what they mean. What is not here is read as it stands."""

from __future__ import annotations

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
为什莫:为什么 为森么:为什么 为甚么:为什么 便移:便宜 便谊:便宜 推建:推荐 推健:推荐 喜换:喜欢 喜歡:喜欢
"""
SLANG: dict[str, str] = {
    short.replace("_", " "): long.replace("_", " ")
    for short, long in (pair.split(":") for pair in _PAIRS.split())
    if short.isascii()
}
CHINESE_SLIPS: dict[str, str] = {
    short: long for short, long in (pair.split(":") for pair in _PAIRS.split()) if not short.isascii()
}

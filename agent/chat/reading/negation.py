"""What is not wanted, and how far a "no" reaches: "no wool or leather", "steel not titanium", 不要羊毛."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from newaisle.agent.chat.reading import chinese_negation
from newaisle.agent.chat.reading.stories import ALL_OF, LIST, MISS, NONE_OF_THAT, PHRASE, PRAISE, REASON, TARGET
from newaisle.agent.chat.reading.text import BRAND, Brand, Marked, Topic, Word, any_of

_NOT = any_of(
    """
    no no_more not without minus sans nothing none never neither nor but_no but_not
    skip avoid exclude excluding except excepting except_for blacklist ditch remove ban
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
    allergic_to react_to reacts_to sensitive_to bad_luck_with bad_experience_with bad_experiences_with disappointed_by
    disappointed_with
    disappointed_in burned_by burnt_by let_down_by put_off_by put_off had_it_with had_my_fill_of no_time_for no_love_for
    no_use_for bad_time_with bad_times_with rotten_luck_with trouble_with problems_with issues_with bad_history_with
    spare_me less_of never_again nothing_from nothing_by omit omitting veto nix axe hard_pass_on pass_on
    zero not_having react_badly_to reacts_badly_to intolerant_to intolerant_of can't_do can't_handle can't_abide
    never_liked never_like never_rated never_cared_for used_to_love used_to_like used_to_buy had_it_up_to_here_with
    done_giving done_buying done_supporting no_offence_to no_offense_to no_disrespect_to provided_it's_not
    as_long_as_it's_not as_long_as_it_isn't
    so_long_as_it's_not over_it_with
    """
)
# "not mad about Halvdal"
_NO_LOVE = (
    rf"(?:(?:i'm|i am|we're|he's|she's|they're) off(?= {TARGET})"
    r"|(?:not|isn't|aren't|no longer) (?:\w+ ){0,2}?"
    r"(?:mad|crazy|wild|nuts|keen|big|hot|sold|sure|struck|bothered|fussed"
    r"|fond|convinced|impressed|comfortable|happy|satisfied|content|thrilled|taken) (?:about|on|by|for|over|with|of))"
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
    long short big small tall wide deep thick very really theirs hers his that which is are has have contain contains
    containing the this your those these brand brands
    color colors colour
    colours material me us it be being to at like too_many so_many kind kinds sort sorts for about on called named out
    another other please again either both see seeing getting buying wanting using having get buy want use
    looking searching after
    interested go show give suggest
    recommend need
    """
    )
    + " )*+"
)
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:please |also |just |and |but |so )*(?:{_ALL_BUT}|{_HAVE}|{_NO_LOVE}|{_NOT}"
    r"|(?<!\bi )(?<!\bwe )(?:hide|block|lose|drop)"
    rf"|{_DO_NOT}) {_OF}(?P<not>{LIST})(?: (?:in it|in them|either|at all|please|anywhere|again|any ?more"
    r"|stuff|things?|products?|brands?|ones?))*"
)
_FREE = re.compile(rf"(?P<not>{TARGET})[ -]free(?: of charge)?\b")
# "keep Halvdal out of it", "take the spoons off the list"
_OUT = re.compile(
    r"\b(?:keep|leave|take|put) (?:the |any |all |that |anything |everything |made |of "
    rf"|with )*(?P<not>{LIST}) (?:out|off|away|aside)\b"
)
# "wool is out", "vellisk? no thanks", "tarnwick let me down, leave them out"
_AFTER = re.compile(
    rf"(?P<not>{PHRASE})(?: again)?[?,]? (?:a (?:no|no-go|deal ?breaker)\b|(?:is|are|'s) (?:out|banned"
    r"|a no|a no-go|off the table|a deal ?breaker"
    r"|not (?:ok|okay|fine|for (?:me|us|him|her|them)|wanted|an option|my (?:thing|style|taste)))"
    r"|(?:isn't|aren't) (?:really |quite )?(?:for (?:me|us|him|her|them)|an option|my (?:thing|style|taste))|no thanks?"
    r"|no thank you|no way|please no|not please|(?:god |hell |oh |um |ew+ |yuck |ugh |absolutely |definitely "
    r"|sorry |hard |big "
    r"|just |lol |er |er, |mm |nah )?(?:no|nope|nah|never|out|excluded|skip|avoid|exclude|hide"
    r"|pass)(?= ?(?:$|[,.!;]))|(?:so |and |please |just |better "
    r"|but ){0,3}(?:(?:leave|keep|kick|take) (?:it|them|that|those) (?:out|off|away)"
    r"|(?:skip|avoid|drop|exclude) (?:it|them|that|those)|not (?:them|those|that) (?:again|please)))\b"
)
# What is said of a brand in anger.
_BAD_BRAND = re.compile(
    rf"(?P<not>{BRAND})(?:'s)? (?:makes? |does |sells? |stuff |products? |things? )?(?:is |are |was "
    r"|were )?(?:just |so |way |too |really "
    r"|such |a |total )*(?:sucks?|rubbish|trash|garbage|crap|junk|awful|terrible|horrible|bad|overpriced"
    r"|overrated|ugly|lame|boring|disappoint\w*|let me down|broke on me)\b"
    rf"|(?P<story>{BRAND})(?:'s)? (?:[\w'\ue800-\uefff]+ ){{0,4}}?(?:broke|fell apart|fall apart|falls apart"
    r"|leaked|failed"
    r"|ripped|tore|snapped|cracked|died|gave (?:up|out)|let (?:me|us|him|her) down|conked out|packed in|came apart"
    r"|wore out|never again|rusted|burst|(?:is|are|was|were|runs?|feels?) (?:\w+ )?too [\w\ue800-\uebff]+"
    r"|keeps? (?:break|fall|leak|fail|ripp|tear|snapp|crack|dy)ing"
    r"|burn(?:ed|t) (?:me|us)|stung (?:me|us)"
    r"|scammed (?:me|us)|screwed (?:me|us)|wasn't (?:great|good|up to)|can do one|need not apply|not worth)(?![a-z])"
    rf"|(?P<han>{BRAND})(?:家|的|的东西|质量)*(?:太|真|好|很|特别|实在|就是)*(?:难用|差|差劲|垃圾|烂|坑"
    r"|不好用|丑)(?:了|啊)?"
)
_NOT_SO = re.compile(
    rf"(?:\bnot|isn't|aren't|nothing|不要|别|不用) ?(?:too|so|that|very|overly|太|那么|这么) ?{PHRASE}的?"
)
# "i'd rather have Vellisk than Halvdal"
_RATHER_THAN = re.compile(rf"(?:(?<={TARGET} )than|(?<=prefer {TARGET} )(?:to|over)) (?P<not>{LIST})")
_ONLY_SO = re.compile(r"\bnot (?:only|just) ")

# "enough knitting, show me tea", 不看露营了: the category is left, and its name rules nothing out in the next.
_TURNS_AWAY = re.compile(r"\b(?:enough|done|over|through|instead|rather|bored|tired|sick|seen)\b|看|逛|聊|放|算了")
_PATTERNS = (
    _FREE,
    chinese_negation.ALLERGIC,
    chinese_negation.NOT_BEFORE,
    _OUT,
    MISS,
    ALL_OF,
    REASON,
    NONE_OF_THAT,
    _RATHER_THAN,
    _AFTER,
    _BAD_BRAND,
    chinese_negation.BAD_STORY,
    chinese_negation.AND_NO_MORE,
    _ENGLISH,
    chinese_negation.NOT_AFTER,
)


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
    turn.text = _ONLY_SO.sub(" ", PRAISE.sub(" ", turn.text))
    turn.replace(_NOT_SO, lambda match: _unread(turn, match.group()))
    for pattern in _PATTERNS:
        for match in turn.take(pattern):
            is_weak = chinese_negation.is_weak(match.group())
            _collect(
                turn,
                next(filter(None, match.groups())),
                found,
                turns_away=bool(_TURNS_AWAY.search(match.group())),
                is_weak=is_weak,
            )
    return found


def _unread(turn: Marked, text: str) -> str:
    """Words that are said, but not as something to have or to leave out: "not too heavy"."""
    said = [*(one.said for one in turn.of(Word, text)), *(one.said for one in turn.of(Topic, text))]
    return " , " + " ".join(turn.mark(Word(one, False)) for one in said)


def _says_too_little(word: Word, *, is_weak: bool) -> bool:
    """Whether an unknown Chinese word is no thing to leave out: a lone character, or what a weak "no" stands by."""
    return (is_weak or len(word.said) == 1) and not (word.known or word.said.isascii())


def _collect(turn: Marked, text: str, found: Unwanted, *, turns_away: bool, is_weak: bool) -> None:
    """Words that stand side by side are one phrase, Chinese ones are several."""
    phrase: list[str] = []
    for character in f"{text},":
        thing = turn.found.get(character)
        if isinstance(thing, Word) and (thing.is_degree or _says_too_little(thing, is_weak=is_weak)):
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

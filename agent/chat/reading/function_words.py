"""English words that say how something is meant and not what: they name no product, whatever a catalogue has."""

from __future__ import annotations

_GRAMMAR = """
a an the this that these those some any every each all both either neither none other others another same such few
many much more most less least lot lots bit little enough plenty several couple whole half rest own one ones
i me my mine myself you your yours yourself he him his she her hers it its we us our ours they them their theirs
who whom whose which what when where why how there here something anything nothing everything someone anyone somebody
anybody everyone everybody nobody somewhere anywhere outdoors indoors outside outdoorsy thing things stuff
am is are was were be been being do does did done doing have has had having will would shall should can could may
might must ought cannot don't doesn't didn't isn't aren't wasn't weren't won't wouldn't shouldn't couldn't can't
haven't hasn't hadn't mustn't needn't i'm i've i'd i'll you're you've you'd you'll he's she's it's we're we've we'd
we'll they're they've they'd they'll that's there's here's what's who's where's how's when's why's let's
and or but nor so yet because since although though while if unless until till whether than as then else otherwise
of in on at by to from for with without within into onto out off up down over under above below beyond past between
among through during before after about around against along across behind beside besides near next towards toward
upon via per like unlike except excluding minus plus instead rather apart regardless despite
not no never neither nor nope yes yeah ok okay sure fine well oh ah hmm hm um uh er eh ooh wow oops hey hi hello yo
please thanks thank sorry lol haha hahaha meh ugh nah bye goodbye cheers
very really quite too also just only even still already again ever once twice always usually often sometimes maybe
perhaps possibly probably actually basically literally honestly exactly totally completely absolutely definitely
certainly simply pretty rather somewhat almost nearly about way far ago later soon now today tonight tomorrow
yesterday currently anymore anyway anyways somehow instead therefore however either
good great nice lovely best better bad worse worst perfect cool awesome amazing fantastic excellent wonderful
gorgeous beautiful pretty ugly awful horrible terrible boring hideous cute neat decent solid favourite favorite
interesting interested keen fan different similar alike identical unlike comparable alternative alternatives option
options kind kinds sort sorts type types style styles way ways example
"""
_ASKING = """
want wants wanted wanting need needs needed needing look looks looking looked find finds finding found show shows
showing
showed shown see seeing seen saw give gives giving gave given get gets getting got gotten bring brings brought
recommend recommends recommended recommending recommendation recommendations suggest suggests suggested suggesting
suggestion suggestions pick picks picked picking choose chose chosen choosing choice choices select selected search
searching hunt hunting buy buys buying bought purchase purchased order ordered ordering shop shopping browse browsing
try tries trying tried prefer prefers preferred think thinks thinking thought know knows knowing knew known tell tells
telling told say says saying said ask asks asked asking speak talk talking explain explains mean means meant wish hope
help helps helping take takes taking took taken keep keeps keeping kept make makes making made put let leave
leaves left go goes going gone went come comes coming came use uses used using work works working start starts started
starting stop stops stopped begin began begins change changes changed switch switching swap swapped move moving turn
add added adding remove removed removing drop drops dropped dropping scrap skip avoid avoiding exclude excluded
include
included including forget forgot forgotten ignore ignored ignoring cancel cancelled undo revert reset clear restart
lift lower raise lose ditch limit limits limited restrict restriction restrictions constraint
constraints matter matters care cares mind minds bother consider considering fit fits suit suits match matches
feel feeling feels seem seems happen happened guess suppose believe wonder wondering check checking compare compared
like carry likes liked liking love loves loved loving hate hates hated hating dislike dislikes enjoy enjoys
adore fancy
allergic stand sick tired into sold stock available availability have
list lists listed page pages item items product products result results offer offers offered
brand brands maker manufacturer make company label price prices priced pricing pricey pricier priciest cost costs
costing costly expensive cheap cheaper cheapest dear dearer affordable inexpensive economical budget money cash
dollar dollars buck bucks euro euros pound pounds quid usd eur gbp cny rmb yuan max maximum min minimum most tops
afford spend spending pay paying paid worth value save splurge rich poor luxury premium upmarket fancier posh
number first second third fourth fifth sixth seventh eighth ninth tenth last final top bottom middle
category categories section department aisle color colors colour colours material materials size sizes weight
"""
_CONTEXT = """
sister brother mother father mom mum dad parents parent wife husband partner girlfriend boyfriend fiance fiancee son
daughter kid kids child children baby nephew niece cousin uncle aunt aunty grandma grandpa grandmother grandfather
granny friend friends mate mates buddy colleague colleagues boss coworker neighbour neighbor teacher roommate flatmate
family guy guys girl girls boy boys man men woman women lady people person folks someone beginner beginners newbie
birthday christmas wedding anniversary present presents gift gifts party holiday holidays vacation trip weekend week
month months year years day days time times moment minute minutes hour hours morning evening night afternoon summer
winter spring autumn january february march april may june july august september october november december monday
tuesday wednesday thursday friday saturday sunday
home house place room life idea ideas problem reason reasons question questions point case question answer
pocket purse wallet lately recently yesterday tomorrow soon old new young big small
gonna wanna surprise surprised glad happy sad excited dude bro man sir madam rubbish crap junk lol anybody
turning planning plan plans hoping able busy quick quickly fast please kindly possible possibly sounds sound
totally honestly really seriously stuff gear equipment supplies goods accessories essentials bits tools kit
scratch screen above back backwards thumbs thumb joke jokes chat chatting bot robot ai human assistant weather remind
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
hundred
weigh
weighs free further additional feedback opinion command commands instruction instructions preference preferences
profile history taste tastes loads tons anytime whenever wherever rule rules wait hold hang forward previous
deal deals bargain bargains reasonable reasonably range ranges ballpark allowed permitted necessary required
essential needed own owned owns song songs yuck no-go no-no cap stay stays trust preferably
important issue whatever sell sells funny ship ships es ideally version versions hide eat eats eating
mention mentioned round roughly approx approximately broke mentioned earlier previous previously currently rid fussy
picky particular certain specific
decided decide realised realized noticed wants end ends ended treat myself honest truth told fair
super mega ultra-cheap extra hell damn god gosh omg btw fyi asap etc
movie movies film films set sets meet meeting learn learning learned teach contain contains containing
contained part parts pass passes afford refuse refuses sensitive away aside wear wears wearing banned ban
blacklist bored
despise detest loathe disappointed disappointing excepting fed garbage interest
lame luck overly overpriced overrated reject sans sucks suck stinks tolerate trash uninterested charge experience
experiences called named long short tall wide deep ceiling cap welcome worry whichever
whatsoever anything's nothing's ain't everything's
"""
# What tells of people, of feelings and of how things went, and slang.
_STORIES = """
live lives lived living moved ran lie lies lying fall falls fell fallen hear heard hears hearing listen
listening write writes wrote written called calling reach reaches rate rates rated reckon reckons figured
figure understand understood remember remembers remembered remembering realize saves saved saving store stored
imagine bet bets swear sworn swore admit agree agrees disagree promise depends depend
scratchy itch itches itchy sneeze irritate irritates irritating rash hives smell smells leak leaks leaked leaking fail
fails failed burst bursts rip rips ripped tear tears tore worn chip chips chipped crack cracks cracked snap snaps
snapped bend bends bent melt melts melted scratches scratched peel peels peeled die dies died dying kill kills killed
fade fades faded shrink shrinks shrank shrunk stain stains stained lasted lasting burn burns burned burnt skint
strapped mad crazy wild bothered fussed arsed convinced impressed struck obsessed nuts bonkers hooked addicted
passionate fond thrilled delighted pleased pleases pleasing charmed annoyed annoying annoys irritated
fancies fancied dig digs slap slaps rocks banging lit dope ace smashing grand cracking corking belting
brill wicked rad stellar ripping splendid bored ngl fr frfr irl smh ffs bruh fam bestie legend g'day gday mornin ello
alright oi ta ay aye nowt owt summat excuse pardon apologies afraid sadly unfortunately luckily thankfully hopefully
obviously apparently frankly personally generally normally typically mainly mostly especially particularly
specifically strictly purely fairly truly deeply utterly entirely wholly hardly barely scarcely altogether forever
constantly sooner touch tad smidge smidgen notch wee teeny right wrong correct incorrect true false clearly
drawer cupboard shelf attic garage shed closet loft ute apartment missus mrs hubby nan nana nanna gran grandad
granddad gramps auntie godson goddaughter godfather godmother in-laws in-law stepdad stepmum stepmom stepson
stepdaughter grandson granddaughter grandkid grandkids grandchild grandchildren grandparents flatmates housemate
classmate bff bride groom newlyweds mentor coach client clients customer customers guest guests host hostess
pal pals lad lads lass lassie bloke blokes chap gander peek glance nosey nosy me've what've who've where've yous y'all
youse em information informations info infos wipe afresh anew heaps bunch bunches dozen handful supposed
curious deserve deserves deserving celebrate celebrates celebrating celebration retire retires retired retiring
retirement graduate graduates graduated graduating graduation housewarming engagement engaged married marrying
pregnant turns turned thirtieth fortieth fiftieth sixtieth valentine valentine's easter thanksgiving halloween
hanukkah mother's father's santa stocking filler fillers advice inspiration hint hints clue tip tips guidance
sod bugger bin chuck chucking dump dumped damned bloody blimey crikey jeez heck darn dang
quality poorly cheaply flimsy shoddy dodgy naff tat tacky unable unwilling ready unsure insist insists insisting
demand request requests requested requirement requirements condition conditions prior former latter absolute
downright dead proper properly disaster nightmare letdown shambles doctor vet dentist nurse therapist landlord
landlady yaar ji bhai lah leh na mon
guv luv hun boss chief doll sugar honey sweetie darling reward rewards exam exams signed reduce trimming thinking-of
joined joining join training trained practising practicing practice hobby hobbies
expense expenses offence offense hurt trouble thereabouts dream secret pair snob vibe vibes amiss version posh ew eww
eew yikes meh hmph pfft tabs anywhere
lmao rofl lmfao typo acquaintance role plays ick cringe shudder creeps queasy blisters headache headaches cough sore
uncomfortable ill crawl satisfied content react reacts reaction companies insane crazy ridiculous outrageous
extortionate
drink drinks wise lover lovers together miss berth swerve loyal vibing play tag handy beats beat fault resist strict
harsh push pinch
replacement replacements shifts knees feet hosting expecting expect finished finish
concern concerns shame pity household clever caught broken scrolling scroll bank earth sounded damage yonks ages
happening spare abide badly cared disrespect intolerant issues nix omit omitting problems provided rotten supporting
veto zero tied cross cent cents penny pennies dime apply conked rusted rusty
dealbreaker deal-breaker break breaks breaking failing ripping
tearing snapping allergies intolerance puts lets trusting touching
sit weirds freaks grates
"""
COMMON: frozenset[str] = frozenset(f"{_GRAMMAR} {_ASKING} {_CONTEXT} {_STORIES}".split())

# What a product may be more than another: nothing that a text could be searched for.
COMPARED: frozenset[str] = frozenset(
    """
heavier heaviest lighter lightest bigger biggest larger largest smaller smallest longer longest shorter shortest
taller thinner thicker wider narrower softer harder stronger sturdier tougher brighter darker warmer cooler quieter
louder faster slower newer older simpler fancier smarter sharper prettier nicer
""".split()
)

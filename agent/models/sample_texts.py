"""Product texts, written for this project, on which a converted embedder is calibrated, checked and timed."""

from __future__ import annotations

CALIBRATION_TEXTS: tuple[str, ...] = (
    "Stainless steel electric kettle 1.7 l, cordless, with temperature control",
    "hand painted ceramic mug 350 ml blue glaze",
    "Merino wool yarn, worsted weight, 100 g skein, oatmeal",
    "circular knitting needles bamboo size us 7 32 inch",
    "Wireless noise cancelling over-ear headphones, 30 hours battery, USB-C",
    "HB graphite pencils box of 12",
    "acrylic paint set 24 colours 12 ml tubes non toxic for canvas, wood and fabric",
    "Laser printer toner cartridge TN-450 black high yield, 2,600 pages",
    "The Long Winter: a novel (hardcover, 412 pages)",
    "Kids' wooden train set, 60 pieces, compatible with other brands",
    "organic green tea leaves 250g tin",
    "Dog harness no-pull, reflective, medium, orange",
    "LED desk lamp with clamp, 5 brightness levels, dimmable",
    "men's waterproof hiking boots brown leather size 43",
    "Scientific calculator, 2-line display, 252 functions, solar powered",
    "Yoga mat 6 mm anti slip TPE 183 x 61 cm",
    "garden hose 30 m with brass fittings",
    "Sci-Fi, Action, Adventure",
    "Cordless drill driver 18V, 2 x 2.0Ah batteries, charger and case",
    "baby sleeping bag 0-6 months tog 2.5 cotton stars",
    "",
    "x",
    "B00-1X/77 #4 (qty: 3) $12.99!!! *** NEW ***",
    "保温杯 500毫升 不锈钢",
    "A4 copy paper 80 gsm, 5 reams of 500 sheets. Bright white, for laser and ink jet printers. Acid free, "
    "chlorine free, made from wood of well managed forests. Runs without jams in machines of every maker, takes "
    "print on both sides without show-through, and keeps its colour in the archive for a hundred years.",
    "This pressure cooker saves time and energy. The 6 litre pot of stainless steel feeds a family of six; its "
    "base spreads heat evenly on gas, electric, ceramic and induction hobs. Two pressure settings, a valve that "
    "can be heard, three safety devices, and a basket for steaming vegetables. The lid goes in the dishwasher "
    "without its gasket. Ten years of guarantee on the pot, two on the parts that wear.",
)

CHECK_TEXTS: tuple[str, ...] = (
    "Enamelled cast iron casserole 24 cm round, cherry red",
    "gooseneck kettle for pour over coffee 600ml matte black",
    "Crochet hook set with soft grips, 2-6 mm, 9 pieces",
    "cotton embroidery floss 50 skeins assorted colors",
    "Bluetooth speaker waterproof IPX7 with lanyard",
    "Fountain pen, medium nib, with converter and two cartridges",
    "watercolor paper pad 300 gsm cold pressed 9x12",
    "Ink cartridges 302XL black and tri-colour, twin pack",
    "A Short History of Lighthouses, paperback",
    "magnetic building tiles 100 pcs",
    "Dark roast espresso beans 1 kg",
    "cat scratching post sisal 80cm grey",
    "Floor lamp, arc, marble base, E27",
    "women's trail running shoes size 38 teal",
    "Graphing calculator with colour screen and rechargeable battery",
    "Resistance bands set of 5 with door anchor",
    "pruning shears bypass steel",
    "Comedy, Romance",
    "Angle grinder 125 mm 900 W",
    "muslin cloths 70 x 70 pack of 6 white",
    "Standing desk converter. Height adjusts from 11 to 50 cm with a gas spring; the keyboard tray moves with the "
    "top. Holds two monitors up to 15 kg. Comes assembled, weighs 16 kg, and stands on any table deeper than 60 cm.",
    "吉他弦 民谣 一套 sweet tone 012",
)

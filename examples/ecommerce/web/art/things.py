"""The outlines of things, in a square of 200 by 200.

`{c}` is the thing's colour, `{d}` a darker one, `{l}` a lighter one, `{m}` where the motif goes: `(x, y, scale)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Thing:
    """What a thing looks like.

    Attributes:
        shape: SVG elements with places for colours.
        motif_at: centre of the motif.
        motif_size: its width, of the 200.
    """

    shape: str
    motif_at: tuple[int, int]
    motif_size: int


THINGS: Final = {
    "bread-tin": Thing(
        '<rect x="34" y="78" width="132" height="82" rx="12" fill="{c}"/>'
        '<path d="M34 88a40 40 0 0 1 40-36h52a40 40 0 0 1 40 36z" fill="{d}"/>'
        '<rect x="86" y="66" width="28" height="9" rx="4.500" fill="{l}"/>',
        (100, 122),
        52,
    ),
    "door-stop": Thing(
        '<path d="M28 152h144l0-22L52 76q-24 20-24 76z" fill="{c}"/>'
        '<path d="M28 152h144v12H28z" fill="{d}"/><circle cx="54" cy="72" r="13" fill="none" stroke="{d}" '
        'stroke-width="7"/>',
        (74, 122),
        42,
    ),
    "lamp-shade": Thing(
        '<path d="M96 124h8v34h-8z" fill="{d}"/><rect x="66" y="156" width="68" height="11" rx="5.500" '
        'fill="{d}"/><path d="M70 44h60l30 82H40z" fill="{c}"/><path d="M40 126h120l-4-11H44z" fill="{l}"/>',
        (100, 84),
        46,
    ),
    "tea-towel": Thing(
        '<path d="M56 36h88v128H56z" fill="{c}"/><path d="M56 36h30v112H56z" fill="{d}" opacity=".55"/>'
        '<path d="M56 140h88v7H56zM56 153h88v4H56z" fill="{l}"/>'
        '<rect x="40" y="30" width="120" height="9" rx="4.500" fill="{d}"/>',
        (104, 92),
        54,
    ),
    "jam-spoon": Thing(
        '<path d="M93 88h14l5 80a12 12 0 0 1-24 0z" fill="{d}"/>'
        '<ellipse cx="100" cy="66" rx="33" ry="42" fill="{c}"/>'
        '<ellipse cx="100" cy="66" rx="24" ry="33" fill="{l}" opacity=".5"/>',
        (100, 66),
        36,
    ),
    "pencil-roll": Thing(
        '<path d="M52 42l7-15 7 15v30H52zM82 42l7-15 7 15v30H82zM112 42l7-15 7 15v30h-14z" fill="{l}"/>'
        '<path d="M142 42l7-15 7 15v30h-14z" fill="{d}"/>'
        '<rect x="36" y="62" width="128" height="100" rx="10" fill="{c}"/>'
        '<path d="M36 84h128v7H36z" fill="{d}"/><path d="M164 88q22 4 18 34-2 14-10 22" fill="none" '
        'stroke="{d}" stroke-width="6" stroke-linecap="round"/>',
        (100, 126),
        50,
    ),
    "picnic-rug": Thing(
        '<path d="M24 140 62 62h114l-38 78z" fill="{c}"/>'
        '<path d="M24 140h114v10H24z" fill="{d}"/><path d="m138 140 38-78v10l-38 78z" fill="{d}"/>'
        '<path d="M46 140 84 62h9l-38 78zM98 140l38-78h9l-38 78zM36 116h114l3-7H39zM51 84h114l3-7H54z" '
        'fill="{l}" opacity=".6"/>',
        (100, 100),
        38,
    ),
    "bookend": Thing(
        '<rect x="92" y="58" width="20" height="96" fill="{l}"/><rect x="114" y="48" width="24" height="106" '
        'fill="{d}"/><rect x="140" y="66" width="18" height="88" fill="{l}"/>'
        '<path d="M34 154V76a28 28 0 0 1 56 0v78z" fill="{c}"/>'
        '<rect x="28" y="152" width="144" height="11" rx="4" fill="{d}"/>',
        (62, 106),
        40,
    ),
    "wall-hook": Thing(
        '<rect x="62" y="32" width="76" height="92" rx="38" fill="{c}"/>'
        '<path d="M100 116v22a22 22 0 0 0 44 0v-8" fill="none" stroke="{d}" stroke-width="12" '
        'stroke-linecap="round"/><circle cx="144" cy="126" r="9" fill="{d}"/>',
        (100, 76),
        46,
    ),
    "soap-dish": Thing(
        '<rect x="58" y="74" width="84" height="46" rx="20" fill="{l}"/>'
        '<path d="M28 112h144q-4 40-40 40H68q-36 0-40-40z" fill="{c}"/>'
        '<rect x="58" y="150" width="84" height="10" rx="5" fill="{d}"/><circle cx="150" cy="62" r="9" '
        'fill="{l}" opacity=".7"/><circle cx="132" cy="48" r="6" fill="{l}" opacity=".7"/>',
        (100, 131),
        30,
    ),
    "plant-label": Thing(
        '<path d="M94 112h12v60l-6 8-6-8z" fill="{d}"/>'
        '<path d="M52 40h96a10 10 0 0 1 10 10v56a10 10 0 0 1-10 10H52a10 10 0 0 1-10-10V50a10 10 0 0 1 10-10z" '
        'fill="{c}"/><path d="M50 48h100v60H50z" fill="none" stroke="{l}" stroke-width="3"/>',
        (100, 78),
        46,
    ),
    "egg-timer": Thing(
        '<path d="M64 46h72v10q0 26-28 44 28 18 28 44v10H64v-10q0-26 28-44-28-18-28-44z" fill="{l}"/>'
        '<path d="M72 144q4-22 28-32 24 10 28 32v8H72z" fill="{c}"/><path d="M80 72h40q-6 14-20 22-14-8-20-22z" '
        'fill="{c}"/><rect x="50" y="30" width="100" height="18" rx="7" fill="{d}"/>'
        '<rect x="50" y="152" width="100" height="18" rx="7" fill="{d}"/>',
        (100, 136),
        24,
    ),
    "coaster": Thing(
        '<rect x="30" y="116" width="140" height="14" rx="7" fill="{d}"/>'
        '<rect x="30" y="134" width="140" height="14" rx="7" fill="{c}"/><rect x="30" y="152" width="140" '
        'height="14" rx="7" fill="{d}"/><circle cx="100" cy="74" r="46" fill="{c}"/>'
        '<circle cx="100" cy="74" r="38" fill="none" stroke="{l}" stroke-width="3"/>',
        (100, 74),
        44,
    ),
    "garland": Thing(
        '<path d="M16 52q84 84 168 0" fill="none" stroke="{d}" stroke-width="5"/>'
        '<circle cx="34" cy="72" r="17" fill="{c}"/><circle cx="65" cy="92" r="17" fill="{l}"/>'
        '<circle cx="135" cy="92" r="17" fill="{l}"/><circle cx="166" cy="72" r="17" fill="{c}"/>'
        '<circle cx="100" cy="116" r="32" fill="{c}"/>',
        (100, 116),
        36,
    ),
    "match-holder": Thing(
        '<path d="M84 96 72 38h7l14 58zM98 96V32h7v64zM112 96l14-54h7l-12 54z" fill="{l}"/>'
        '<circle cx="75" cy="36" r="7" fill="{d}"/><circle cx="101" cy="29" r="7" fill="{d}"/>'
        '<circle cx="130" cy="40" r="7" fill="{d}"/><path d="M58 84h84l-8 82H66z" fill="{c}"/>'
        '<path d="M57 84h86v13H57z" fill="{d}"/>',
        (100, 130),
        42,
    ),
    "napkins": Thing(
        '<path d="M46 66h108v98H46z" fill="{d}"/><path d="M40 58h108v98H40z" fill="{l}"/>'
        '<path d="M34 50h108v98H34z" fill="{c}"/><path d="M34 50h108v12H34zM34 136h108v12H34z" fill="{l}" '
        'opacity=".55"/>',
        (88, 99),
        54,
    ),
    "key-tray": Thing(
        '<path d="M22 104h156q-6 50-46 50H68q-40 0-46-50z" fill="{c}"/>'
        '<ellipse cx="100" cy="104" rx="78" ry="20" fill="{d}"/><path d="M86 92a15 15 0 1 1 14 5l26 12-4 8-8-3-3 6'
        '-8-4 2-6-12-6z" fill="{l}"/>',
        (100, 137),
        28,
    ),
    "box": Thing(
        '<path d="M38 74h124v92H38z" fill="{c}"/><path d="M28 50h144v28H28z" fill="{d}"/>'
        '<path d="M62 40h76v12H62z" fill="{l}"/>',
        (100, 122),
        56,
    ),
    "bag": Thing(
        '<path d="M70 74V58a30 30 0 0 1 60 0v16" fill="none" stroke="{d}" stroke-width="9"/>'
        '<path d="M44 72h112l10 92H34z" fill="{c}"/><path d="M44 72h112l1.500 14h-115z" fill="{l}" '
        'opacity=".6"/>',
        (100, 124),
        56,
    ),
    "jug": Thing(
        '<path d="M134 74h14a24 24 0 0 1 24 24v10a30 30 0 0 1-30 30" fill="none" stroke="{d}" '
        'stroke-width="11"/><path d="M58 40h70l8 26q14 30 8 66-4 32-34 32H78q-30 0-34-32-6-36 8-66z" '
        'fill="{c}"/><path d="M58 40 34 52l22 14z" fill="{c}"/><path d="M54 60h80l2 9H50z" fill="{l}"/>',
        (94, 116),
        50,
    ),
    "bunting": Thing(
        '<path d="M12 50q88 40 176 0" fill="none" stroke="{d}" stroke-width="5"/>'
        '<path d="m18 54 40 11-26 40z" fill="{l}"/><path d="m142 65 40-11-14 51z" fill="{l}"/>'
        '<path d="M58 66q42 7 84 0l-42 92z" fill="{c}"/>',
        (100, 92),
        36,
    ),
    "cake-stand": Thing(
        '<path d="M60 62a40 30 0 0 1 80 0v26H60z" fill="{l}"/><circle cx="100" cy="30" r="7" fill="{d}"/>'
        '<path d="M24 88h152v14H24z" fill="{d}"/><path d="M34 102h132q-8 22-50 26l6 36H78l6-36q-42-4-50-26z" '
        'fill="{c}"/><rect x="64" y="160" width="72" height="10" rx="5" fill="{d}"/>',
        (100, 66),
        34,
    ),
    "sewing-kit": Thing(
        '<circle cx="100" cy="104" r="62" fill="{c}"/><circle cx="100" cy="104" r="50" fill="none" stroke="{l}" '
        'stroke-width="4" stroke-dasharray="8 7"/><path d="m150 40 12 10-26 30-6-5z" fill="{d}"/>'
        '<circle cx="158" cy="42" r="10" fill="{d}"/>',
        (100, 106),
        52,
    ),
    "mug": Thing(
        '<path d="M128 82h14a26 26 0 0 1 0 52h-14" fill="none" stroke="{d}" stroke-width="12"/>'
        '<path d="M44 60h92v76a28 28 0 0 1-28 28H72a28 28 0 0 1-28-28z" fill="{c}"/>'
        '<path d="M44 60h92v11H44z" fill="{l}"/><path d="M70 46q-8-10 0-20M92 46q-8-10 0-20M114 46q-8-10 0-20" '
        'fill="none" stroke="{d}" stroke-width="4" stroke-linecap="round" opacity=".55"/>',
        (90, 114),
        52,
    ),
}

"""The emblems that are printed on things, in a square of 100 by 100, in one colour that is `currentColor`."""

from __future__ import annotations

from typing import Final

_STROKE: Final = 'fill="none" stroke="currentColor" stroke-width="8" stroke-linecap="round"'

MOTIFS: Final = {
    "otter": '<circle cx="27" cy="28" r="12"/><circle cx="73" cy="28" r="12"/><path d="M14 54a36 32 0 0 1 72 0 36 '
    '34 0 0 1-72 0zM40 50a5 5 0 1 0-10 0 5 5 0 0 0 10 0zm30 0a5 5 0 1 0-10 0 5 5 0 0 0 10 0zM50 72l9-9H41z" '
    'fill-rule="evenodd"/>',
    "comet": f'<circle cx="34" cy="66" r="23"/><path d="M50 38 84 8M64 52 92 26M36 28 58 8" {_STROKE}/>',
    "fern": f'<path d="M50 96V10M50 82Q30 80 22 62M50 82q20-2 28-20M50 60Q32 58 26 42M50 60q18-2 24-18M50 38Q38 36'
    f' 34 22M50 38q12-2 16-16" {_STROKE}/>',
    "teapot": '<path d="M24 46h50l16-12 4 6-16 26q-4 22-20 22H40q-16 0-18-24-16-2-16-14 0-10 18-4zM38 40a12 12 0 0 '
    '1 24 0z"/><circle cx="50" cy="22" r="6"/>',
    "kite": f'<path d="M50 4 82 40 50 78 18 40z"/><path d="M50 78q14 6 4 14-8 6 2 8" {_STROKE}/>',
    "harbour": '<path d="M46 8h8v50h-8z"/><path d="M58 12q26 18 28 42H58zM42 22v32H18q8-20 24-32zM10 64h80q-6 26-26 '
    '26H36q-20 0-26-26z"/>',
    "beetle": f'<path d="M54 34h20q10 16 6 34-6 20-26 24zM46 34H26q-10 16-6 34 6 20 26 24zM30 28a20 18 0 0 1 40 0z"/>'
    f'<path d="M14 40 4 32M10 60H2M16 78 6 86M86 40l10-8M90 60h8M84 78l10 8" {_STROKE}/>',
    "almanac": f'<circle cx="50" cy="50" r="21"/><path d="M50 6v12M50 82v12M6 50h12M82 50h12M19 19l8 8M73 73l8 8M81 '
    f'19l-8 8M27 73l-8 8" {_STROKE}/>',
    "orchard": '<path d="M50 36q10-12 26-6 18 8 12 34-6 28-24 30-8 0-14-4-6 4-14 4-18-2-24-30-6-26 12-34 16-6 26 '
    '6zM50 28Q50 8 72 4q2 20-22 24z"/>',
    "lighthouse": '<path d="M38 34h24l10 60H28zM34 22h32v8H34zM50 4l14 14H36z"/>'
    f'<path d="M78 22l16-8M78 30l16 6M22 22 6 14M22 30 6 36" {_STROKE}/>',
    "pebble": '<ellipse cx="50" cy="80" rx="42" ry="15"/><ellipse cx="52" cy="51" rx="30" ry="12"/><ellipse cx="48" '
    'cy="27" rx="19" ry="10"/>',
    "sparrow": '<path d="M6 62q20 2 30-14 8-26 32-26 14 0 18 12l10 4-10 5q0 34-34 40l4 10H46l2-10Q20 80 6 62z"/>',
    "galaxy": f'<circle cx="50" cy="50" r="12"/><path d="M50 20q30 0 32 30-2 24-24 30M50 80q-30 0-32-30 2-24 24-30" '
    f'{_STROKE}/><circle cx="86" cy="20" r="6"/><circle cx="14" cy="80" r="6"/>',
    "thistle": f'<path d="M26 50a24 22 0 0 0 48 0zM26 44 18 10l18 18 14-22 14 22 18-18-8 34z"/><path d="M50 72v24M50 '
    f'90q-16 0-22-12M50 90q16 0 22-12" {_STROKE}/>',
    "heart": '<path d="M50 90Q8 60 8 34 10 12 30 12q14 0 20 14 6-14 20-14 20 0 22 22 0 26-42 56z"/>',
    "star": '<path d="m50 6 13 30 32 3-24 22 7 33-28-17-28 17 7-33L5 39l32-3z"/>',
}

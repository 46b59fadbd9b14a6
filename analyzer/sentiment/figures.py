"""Turns of phrase that say the opposite of their words, put plainly before sentiment is read.

"Not bad" shares its words with "bad", and sentence vectors keep them close. Each turn is rewritten
as what it means: litotes ("no está mal" to "está bien"), understated blame ("laisse à désirer"
to "est mauvais") and denied trouble (see `analyzer.sentiment.relief`). Praise under a mark of
mockery ("Great, no signal again 🙄") is taken as blame.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from analyzer.sentiment.relief import relieved

__all__ = ["EDITION", "mocks", "plainly"]

# Part of the fingerprint: a change here, in relief.toml, context.py or lexicon.py counts.
EDITION: Final = 4

_OPPOSITES: Final = {
    "es": {"mal": "bien", "malo": "bueno", "mala": "buena", "malos": "buenos", "malas": "buenas"},
    "fr": {
        "mal": "bien",
        "mauvais": "bon",
        "mauvaise": "bonne",
        "mauvaises": "bonnes",
        "désagréable": "agréable",
        "désagréables": "agréables",
    },
}

_ADVERB: Final = r"(?:(?:at all|all that|that|so|too|half|really|actually|nearly as) )?"
_TURNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), plain)
    for pattern, plain in (
        # en: "not a bad price", "wasn't too bad at all"
        (
            rf"(?:\bnot|(?<=\w)n['’]t) {_ADVERB}(?P<a>a )?bad\b(?: at all)?(?! enough)",
            r" \g<a>good",
        ),
        (r"\b(?:leaves?|left) (?:a lot|much|something) to be desired\b", "is bad"),
        (r"\b(?:not|(?<=\w)n['’]t) (?:at all )?disappointed\b", " happy"),
        # es: "no está nada mal", "no fue mala idea", "nada mal"
        (
            r"\bno (?P<verb>est[aá]n?|estuv\w+|estaban?|es|son|fue|fueron|eran?|va|van|pinta) "
            r"(?:nada |tan |del todo |una? )?(?P<es>mal[oa]s?)\b",
            r"\g<verb> \g<es>",
        ),
        (
            r"\bno (?P<verb>(?:me |te |se |le |nos |les )?(?:ha |han )?\w+) "
            r"(?:nada |tan |del todo )?(?P<es>mal)\b",
            r"\g<verb> \g<es>",
        ),
        (r"\b(?:nada|ni tan) (?P<es>mal[oa]?s?)\b", r"\g<es>"),
        (r"\bno (?:tiene|tienen) desperdicio\b", "es excelente"),
        (r"\bno le falta (?:de )?nada\b", "tiene de todo, perfecto"),
        (
            r"\bno (?:le |les )?(?:pongo|encuentro|veo) (?:ninguna pega|pegas|pega alguna)\b",
            "muy bien",
        ),
        (r"\bdejan? (?:mucho|bastante|algo)? ?que desear\b", "es malo"),
        (r"\bno (?:me |nos )?(?:arrepiento|arrepentimos)\b", "estoy contento"),
        # fr: "c'est pas mauvais", "n'était pas une mauvaise idée", "pas mal du tout"
        (
            r"(?:\bn['’]|\bne )(?P<verb>\w+) pas (?:si |trop |du tout |une? )?"
            r"(?P<fr>mauvaise?s?|désagréables?)\b(?: du tout)?",
            r"\g<verb> \g<fr>",
        ),
        (
            r"\bpas (?:si |trop |du tout |une? )?(?P<fr>mauvaise?s?|désagréables?)\b(?: du tout)?",
            r"\g<fr>",
        ),
        # ... but not "pas mal de monde", which counts, nor "j'ai pas mal attendu"
        (
            r"(?:^|(?<=, )|(?<=est )|(?<=était )|(?<=sont )|(?<=ment )|(?<=plutôt ))"
            r"pas (?:si |trop )?(?P<fr>mal)\b(?: du tout)?(?! d[e'’]| \w+[ée]e?s?\b)",
            r"\g<fr>",
        ),
        (r"\b(?:laisse|laissent|laissait) (?:beaucoup |vraiment )?à désirer\b", "est mauvais"),
        (r"\bne (?:regrette|regrettons|regrettent) (?:pas|rien|nullement)\b", "suis content de"),
        (r"\bne s['’]ennuie pas\b", "s'amuse"),
    )
)
# No turn is without one of these, and most comments have none.
_HINT: Final = re.compile(
    r"bad\b|desired|disappointed|\bmal[oa]?s?\b|desperdicio|falta|pega|desear|arrepent|arrepient"
    r"|mauvais|désagréable|désirer|regrett|ennuie",
    re.IGNORECASE,
)
_MOCKING: Final = re.compile("[🙄🤡😒🙃😑🤦]")
_FOND: Final = re.compile("[❤😍🥰😘💕]")


def plainly(text: str) -> str:
    """Rewrite the turns of phrase in a text; the same text where there is none."""
    if _HINT.search(text):
        for pattern, plain in _TURNS:
            text = pattern.sub(partial(_meant, plain=plain), text)
    return relieved(text)


def _meant(found: re.Match[str], plain: str) -> str:
    for group, opposite in _OPPOSITES.items():
        if rf"\g<{group}>" in plain:
            plain = plain.replace(rf"\g<{group}>", opposite[found[group].lower()])
    return found.expand(plain)


def mocks(text: str) -> bool:
    """Tell whether a text has a sign that turns praise into mockery, and none of fondness."""
    return bool(_MOCKING.search(text)) and not _FOND.search(text)

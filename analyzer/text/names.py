"""Names of people after the words that announce them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from analyzer.text.identifiers import Hit
from analyzer.text.wordlists import ARTICLES, ATTENDED, NOT_NAMES, ROLES, TITLES

__all__ = ["find_names"]

_UP = "A-ZÀ-ÖØ-ÞŒ"
_LOW = "a-zß-öø-ÿœ"
_PART = (
    rf"(?:Mc|Mac|O['’]|D['’]|L['’])?[{_UP}][{_LOW}]{{1,24}}(?:[-'’][{_UP}][{_LOW}]{{1,24}}){{0,2}}"
)
_INITIAL = rf"[{_UP}]\.?"
_CAPS = rf"[{_UP}]{{2,25}}(?:-[{_UP}]{{2,25}}){{0,2}}"
_GLUE = r"(?:de la|de los|de las|del|de|da|dos|du|des|van der|van|von|le|la|y|e|et|and|&) "


_WORD = (
    r"(?!(?i:sra?|srta|dra?|mmes?|mlle|mrs?|ms|miss|señor(?:a|ita)?|monsieur|madame|mademoiselle|"
    r"doña|don)\b)"
    rf"(?:{_PART}|{_CAPS}|{_INITIAL})(?![{_LOW}{_UP}])"
)
_SEQUENCE = re.compile(rf"(?<= ){_WORD}(?: (?:{_GLUE})?{_WORD}){{0,3}}")
_WINDOW: Final = 60  # characters before a name that can hold its cue

_DOTTED: Final = frozenset({"m", "mm", "d"})
_FRENCH: Final = frozenset({"m", "mm"})
_SPANISH: Final = frozenset({"don", "doña", "d", "dña"})

# Last word of a cue -> what must stand before it (a pattern that ends where that word begins).
_CUES: Final[dict[str, str]] = {
    **dict.fromkeys(ROLES, ""),
    **dict.fromkeys(ATTENDED, r"\b(?:me|nos|le) (?:ha |han )?"),
    # Spanish
    "por": r"\b(?:atendid|ayudad|tratad|recibid|asesorad)[oa]s? ",
    "con": r"\b(?:habl(?:é|e|ar|ado|amos|ando)|trat(?:é|ar|ado)|contact(?:é|ar|ado)) ",
    "parte": "",
    "especial": r"\ben ",
    "comercial": r"\b(?:el|la|una?|mi|su|nuestr[oa]) ",
    "nombre": r"\ba ",
    **dict.fromkeys(
        ("llama", "llamaba"),
        r"\b(?:chic[oa]|señor(?:a|ita)?|persona|agente|emplead[oa]|técnic[oa]|asesora?|"
        r"operadora?)(?: que)? se ",
    ),
    # Spanish and French
    "a": r"\b(?:gracias(?: especiales)?|agradec(?:er|erle|ido)|felicitar|felicito|enhorabuena|"
    r"en especial|especialmente|mención especial|merci(?: beaucoup)?(?: encore)?|remerciements?|"
    r"bravo|parl[ée]) ",
    "à": r"\b(?:merci(?: beaucoup)?(?: encore)?|remerciements?|bravo|parl[ée]|eu affaire|"
    r"félicitations) ",
    "de": r"\b(?:parte|part|nom|clientèle) ",
    # French
    "par": r"\b(?:re[çc]ue?|accueillie?|servie?|conseillée?|aidée?|dépannée?|renseignée?|"
    r"accompagnée?)s? ",
    "avec": r"\b(?:parlée?|téléphone|discuté|échangé|contact|affaire) ",
    # English
    "to": r"\b(?:thanks(?: so much| again| a lot)?|thank you(?: so much)?|thankful|grateful|"
    r"sp(?:oke|oken|eaking|eak)|talked|talking|chatted|shout ?out|kudos|credit) ",
    "with": r"\b(?:sp(?:oke|oken|eaking|eak)|talked|talking|chatted|dealt) ",
    "by": r"\b(?:helped|served|assisted|seen|treated|greeted|dealt with|looked after|attended|"
    r"installed) ",
    "for": r"\bpraise ",
    "of": r"\b(?:on behalf|in the name) ",
    **dict.fromkeys(
        ("called", "named"),
        r"\b(?:someone|somebody|man|woman|lady|guy|girl|gentleman|person|chap|agent|rep|nurse|"
        r"advis[eo]r|doctor|employee|colleague|member) ",
    ),
}
_BEFORE: Final = {word: re.compile(f"(?:{pattern})$") for word, pattern in _CUES.items() if pattern}

# After these only first name and surname together are a name: "soy Cliente" is not.
_PAIR: Final = re.compile(r"(?:^|\W)(?:soy|je suis|i am|i['’]m|this is|aquí|ici)$")
_SELF = re.compile(
    r"(?<!\w)(?i:me llamo|mi nombre(?: completo)? es|je m['’]appelle|mon nom est|"
    r"my name(?: is|['’]?s)):? "
    rf"(?P<name>[{_UP}{_LOW}]{{2,25}}"
    rf"(?:[ '’-](?:{_GLUE})?[{_UP}][{_UP}{_LOW}]{{1,25}}){{0,3}})(?!\w)"
)


@cache
def _no_names() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS as EN
    from spacy.lang.es.stop_words import STOP_WORDS as ES
    from spacy.lang.fr.stop_words import STOP_WORDS as FR

    return frozenset(EN | ES | FR) | NOT_NAMES


def find_names(text: str, language: str | None) -> Iterator[Hit]:
    """Names after titles and cues; a lower-case name only after "my name is" and its like."""
    for match in _SELF.finditer(text):
        yield from _hit(match.start("name"), match["name"])
    for match in _SEQUENCE.finditer(text):
        before = text[max(0, match.start() - _WINDOW) : match.start() - 1].lower()
        last = before.rsplit(None, 1)[-1] if before and not before[-1].isspace() else ""
        titled = _is_title(last.lstrip("(\"'"), language)
        if titled or (not _shouts(match[0]) and _is_cued(before, last)):
            yield from _hit(match.start(), match[0])
        elif " " in match[0] and _PAIR.search(before) and " " in (name := _trim(match[0])):
            yield match.start(), match.start() + len(name)


def _hit(start: int, found: str) -> Iterator[Hit]:
    name = _trim(found)
    if name:
        yield start, start + len(name)


def _is_title(word: str, language: str | None) -> bool:
    """Whether a word is a title; "M." is one in French, "Don" in Spanish."""
    bare = word.removesuffix(".")
    if bare not in TITLES:
        return False
    if bare in _DOTTED and not word.endswith("."):
        return False
    if bare in _FRENCH:
        return language in {None, "fr"}
    return bare not in _SPANISH or language in {None, "es"}


def _shouts(name: str) -> bool:
    """Capitals throughout are a name after a title only."""
    first = name.split(" ", 1)[0]
    return len(first.strip(".")) > 1 and first.isupper()


def _is_cued(before: str, last: str) -> bool:
    if last in ARTICLES:
        before = before[: len(before) - len(last)].rstrip()
        last = before.rsplit(None, 1)[-1] if before else ""
    word = last.rstrip(":,").replace("’", "'").lstrip("(\"'¡¿")
    if word not in _CUES:
        return False
    condition = _BEFORE.get(word)
    head = before[: len(before) - len(last)]
    return condition is None or condition.search(head) is not None


def _trim(name: str) -> str:
    """Cut a run of capitalised words before the first that cannot be part of a name."""
    kept: list[str] = []
    for word in name.split(" "):
        bare = word.strip(".").casefold()
        capital = word[:1].isupper() or not kept
        if capital and len(bare) > 1 and bare in _no_names():
            break
        kept.append(word)
    # Neither a particle nor a bare letter ends a name: "Ana I" is "Ana. I ...".
    while kept and not (kept[-1][:1].isupper() and len(kept[-1]) > 1) and len(kept) > 1:
        kept.pop()
    return " ".join(kept) if kept and len(kept[0].strip(".")) + len(kept) > 2 else ""

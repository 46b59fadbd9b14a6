"""Ways to reach a person: mail, links, handles and telephones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from analyzer.text.identifiers import NOT_MONEY, Hit, Rule

__all__ = ["EMAILS", "HANDLES", "LINK", "LINKS", "MENTION", "SPOKEN_EMAILS", "phones"]

_DOMAIN = r"[^\W_](?:[\w-]|\.(?=[\w-])){0,252}"
_PROVIDER = (
    r"(?:gmail|hotmail|yahoo|outlook|live|icloud|msn|orange|free|wanadoo|sfr|laposte|telefonica|"
    r"protonmail|proton|aol|me)"
)
_EMAIL = re.compile(
    # as it should be; then with spaces around the sign, or with nothing but the provider
    r"(?<![\w.+%-])[\w.+%'-]++(?:@[\w-]{1,63}(?: \.|\. )(?:com|es|fr|net|org|eu|mx)\b"
    r"|@(?P<domain>" + _DOMAIN + r")"
    r"| ?@ ?" + _PROVIDER + r"\b(?:\.[a-z]{2,3}){0,2}"
    r"| @ [\w-]{1,63}\.(?:com|es|fr|net|org|eu|mx|co\.uk|uk)\b)",
    re.IGNORECASE,
)
_DOT: Final = r"\s{0,2}(?:[(\[]\s?(?:dot|punto|point)\s?[)\]]|\b(?:dot|punto|point)\b)\s{0,2}"
_AT_WORD = re.compile(
    r"(?i)\s{0,2}(?:\(\s?(?:at|a|arroba|arobase)\s?\)|\[\s?(?:at|arroba|arobase)\s?\]|\b(?:arroba|arobase)\b)\s{0,2}"
    r"(?P<domain>[\w-]{1,63}(?:(?:\.|" + _DOT + r")[\w-]{1,63}){1,3})"
    r"|(?i:\s(?:en|chez)\s" + _PROVIDER + _DOT + r"[a-z]{2,3}\b)"
    r"|(?i:\sat\s[\w-]{1,63}(?:\sdot\s[a-z]{2,10}){1,2}\b)"
)
_ONLY_PROVIDER = re.compile(_PROVIDER, re.IGNORECASE)
_NEXT_SENTENCE = re.compile(
    r"(?<=\.(?:com|net|org))\.[A-ZÀ-Þ][a-zß-ÿ]{0,24}$|(?<=\.(?:es|fr|uk|mx|eu))\.[A-ZÀ-Þ][a-zß-ÿ]{0,24}$"
)
_TOP_LEVEL = re.compile(r"\.[^\W\d_]{2,24}$")
_SPOKEN: Final = (
    "arroba",
    "arobase",
    "(at",
    "( at",
    "(a)",
    " punto ",
    " point ",
    "[at",
    "[ at",
    " dot ",
)
_LOCAL_END = re.compile(r"[\w+%-](?:[\w.+%-]{0,63})$")
_SPELLED_DOT = re.compile(r"[\w+%-]{1,63}(?:" + _DOT + r"[\w+%-]{1,63}){1,2}$", re.IGNORECASE)

LINK: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"\[\]]++"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|es|fr|org|net|co|uk|io|mx|eu|info|app|me|ly|gl|tv|gle|ar|cl|be|ch)"
    r"/[^\s<>\"\[\]]++",
    re.IGNORECASE,
)
MENTION: Final = re.compile(
    r"(?<![\w@/])(?<!\w\.)@(?=[\w.]{0,39}[^\W\d])\w(?:[\w.]{0,38}\w)?(?:@[\w-]{1,63}(?:\.[\w-]{1,63}){1,3})?"
)


# A name in a network that has no "@", behind the word that says so.
_NETWORK: Final = (
    r"insta(?:gram)?|ig|tiktok|tik tok|twitter|facebook|fb|snap(?:chat)?|telegram|linkedin|discord"
)
_HANDLE_TOLD = re.compile(
    rf"(?i)(?<!\[)\b(?:{_NETWORK}|usuario|username|user|pseudo|handle|nick(?:name)?|alias|gamertag)"
    r"(?: (?:es|is|est)\b| ?:){1,2} ?"
    r"(?P<value>(?=[a-z]{1,28}(?:[._]\w|\d))[a-z][\w.]{4,28}\w)(?!\w)"
)
# Without a link only what no word looks like.
_HANDLE_BARE = re.compile(
    rf"(?i)(?<!\[)\b(?:{_NETWORK}|handle|pseudo) "
    r"(?P<value>(?=[a-z.]{1,28}_\w)[a-z][\w.]{4,28}\w)(?!\w)"
)


def _emails(text: str) -> Iterator[Hit]:
    for match in _EMAIL.finditer(text):
        domain = match["domain"]
        whole = _NEXT_SENTENCE.sub("", (domain or "").rstrip("-"))
        if domain is None or _ONLY_PROVIDER.fullmatch(whole) or _TOP_LEVEL.search(whole):
            yield match.start(), match.end() - (len(domain or "") - len(whole))


def _spoken_emails(text: str) -> Iterator[Hit]:
    for match in _AT_WORD.finditer(text):
        before = text[max(0, match.start() - 130) : match.start()]
        local = _SPELLED_DOT.search(before) or _LOCAL_END.search(before)
        if local:
            yield match.start() - len(before) + local.start(), match.end()


def _links(text: str) -> Iterator[Hit]:
    for match in LINK.finditer(text):
        end = match.start() + len(match[0].rstrip(".,;:!?)'’»"))
        yield match.start(), end


def _mentions(text: str) -> Iterator[Hit]:
    for match in MENTION.finditer(text):
        yield match.span()
    for match in _HANDLE_TOLD.finditer(text):
        yield match.span("value")
    for match in _HANDLE_BARE.finditer(text) if "_" in text else ():
        yield match.span("value")


# Telephones -----------------------------------------------------------------------------------

_START = r"(?:(?<![\w,/-])|(?<=(?i:tel))|(?<=(?i:tlf))|(?<=(?i:tfno)))(?<!\d\.)"
_END = r"(?!\w)(?![.,/:-]\d)" + NOT_MONEY
_S = r"[ .-]?"
_ES = re.compile(
    _START + r"(?:(?:\+|00) ?34" + _S + r"|\(\+34\) ?|34(?=[67]\d{8}(?!\d)))?"
    r"(?:[67]\d{2}/\d{3}/\d{3}|[67]\d{2}(?:/\d{2}){3}|[6789]\d{2}"
    + _S
    + r"\d{3}"
    + _S
    + r"\d{3}|[6789]\d{2}(?:"
    + _S
    + r"\d{2}){3}"
    r"|9\d"
    + _S
    + r"\d{3}(?:"
    + _S
    + r"\d{2}){2}|[679]\d(?:"
    + _S
    + r"\d{2}){2}"
    + _S
    + r"\d{3})"
    + _END
)
_FR = re.compile(
    _START + r"(?:(?:(?:\+|00) ?33|\(\+33\)) ?(?:\(0\) ?)?|33(?=[67]\d{8}(?!\d))|0)"
    r"(?:[1-9](?P<gap>[ ./_-]{0,2})\d{2}(?:(?P=gap)\d{2}){3}| ?[1-9]\d{2} ?\d{3} ?\d{3})" + _END
)
_WIDE = re.compile(r"(?<![\w.,:/-])(?:\+|00)?\(?\d(?:[ ./()-]{0,2}\d){7,15}" + _END)
_BRITISH = re.compile(
    r"(?:\(0\) ?\d{2,5}|\(?(?=0[\d() -]{9,14}$)0\d{1,5}\)?)[ -]?\d{3,6}(?:[ -]?\d{3,4}){0,2}"
)
_DATE = re.compile(
    r"(?:19|20)\d\d[-/. ](?:0?[1-9]|1[0-2])[-/. ]\d{1,2}\b|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d\b"
)
_PHONE_CUE = re.compile(
    r"(?i)\b(?:tel|cel|tlf|tfno|t[ée]l[ée]f\w{0,5}|m[oó]vil|celular|whatsapp|wsp|llam\w{1,6}|contact\w{0,6}|portable|"
    r"appel\w{0,4}|joindre|rappel\w{0,4}|num[eé]ro|phone|mobile|call|ring|text|number|cell)\b"
)
_COUNTRIES: Final = {"es": ("ES", "MX"), "fr": ("FR", "BE"), "en": ("GB", "US")}
# Where a word says that a telephone number comes.
_TOLD: Final = {"es": ("CO", "AR", "CL", "PE", "EC", "VE"), "fr": ("CH", "LU"), "en": ("IE", "CA")}


def phones(language: str | None) -> Rule:
    """Telephone numbers as people of a language write them, and international ones."""
    countries = _COUNTRIES.get(language or "", ("ES", "FR", "GB", "MX", "US"))
    told = _TOLD.get(language or "", ())

    def near(text: str) -> Iterator[Hit]:
        for pattern, country in ((_FR, "FR"), (_ES, "ES")):
            for match in pattern.finditer(text):
                if _is_number(match[0], country):
                    yield match.span()

    def wide(text: str) -> Iterator[Hit]:
        for match in _WIDE.finditer(text):
            if not _DATE.match(match[0]) and _is_foreign(text, match, countries, told):
                yield match.span()

    # The first claim on a digit counts: "07 911 123 456" holds a Spanish number.
    finders = (wide, near) if language == "en" else (near, wide)
    return Rule("PHONE", lambda text: chain.from_iterable(f(text) for f in finders), digits=8)


def _is_number(value: str, country: str) -> bool:
    """Whether digits are a number; grouping or a prefix is as good as a range in use.

    People give numbers that have since been withdrawn, and ranges open every year.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(value.replace("_", " "), country)
    except phonenumbers.NumberParseException:
        return False
    if value[0] == "+":  # some countries once had a digit more
        reason = phonenumbers.is_possible_number_with_reason(number)
        accepted = phonenumbers.ValidationResult
        return reason in {accepted.IS_POSSIBLE, accepted.TOO_LONG}
    if value[0] in "0(" or " " in value or "-" in value:
        return phonenumbers.is_possible_number(number)
    return phonenumbers.is_valid_number(number)


def _is_foreign(
    text: str, match: re.Match[str], countries: tuple[str, ...], told: tuple[str, ...]
) -> bool:
    """Whether a run of digits is a number abroad; a bare national one needs a word before it.

    With such a word a number of the countries in ``told`` is one, too.
    """
    import phonenumbers

    value = match[0]
    if value.startswith(("+", "00")):
        return _is_number("+" + value.lstrip("+0"), "ZZ")
    if _BRITISH.fullmatch(value):
        return "GB" in countries and _is_number(value, "GB")
    cued = _PHONE_CUE.search(text, max(0, match.start() - 30), match.start())
    if not cued and not re.search(r"[ .)-]", value):
        return False
    for country in countries + told if cued else countries:
        found = phonenumbers.PhoneNumberMatcher(value, country)
        if any(hit.end - hit.start >= len(value) - 1 for hit in found):
            return True
    return False


LINKS: Final = Rule("URL", _links, signs=("/", "www."))
EMAILS: Final = Rule("EMAIL", _emails, signs=("@",))
SPOKEN_EMAILS: Final = Rule("EMAIL", _spoken_emails, signs=_SPOKEN)
_NETWORKS: Final = (
    "_", "insta", "ig:", "ig :", "ig es", "ig is", "tik", "twitter", "facebook", "fb", "snap",
    "telegram", "usu", "user", "pseudo", "linkedin", "discord", "handle", "nick", "alias",
    "gamertag",
)  # fmt: skip
HANDLES: Final = Rule("HANDLE", _mentions, signs=("@", *_NETWORKS))

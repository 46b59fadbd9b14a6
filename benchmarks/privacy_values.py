"""Invented personal data with valid checksums, and the sentences that people write around it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from stdnum import luhn
from stdnum.es import ccc, cif, dni, nie
from stdnum.fr import nir
from stdnum.iso7064 import mod_97_10
from stdnum.mx import curp

Make = Callable[[random.Random], str]


def digits(rng: random.Random, n: int) -> str:
    """Return n random digits, the first not zero."""
    return str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(n - 1))


def grouped(text: str, sizes: list[int], sep: str) -> str:
    """Cut a text into groups."""
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return sep.join(parts)


def _email(rng: random.Random) -> str:
    user = rng.choice(
        ["ana.lopez", "j_martin", "Marie-Claire", "bob.smith+shop", "lucia1987", "l'oreal"]
    )
    host = rng.choice(["correo.es", "exemple.fr", "example.co.uk", "gmail.com", "empresa.com.mx"])
    forms = [f"{user}@{host}", f"{user}@{host}", f"{user} (at) {host}", f"{user}@gmail"]
    spoken = {"es": "arroba", "fr": "arobase"}
    return rng.choice([*forms, f"{user} {spoken[rng.choice(['es', 'fr'])]} {host}"]).replace(
        "l'oreal", "loreal"
    )


def _url(rng: random.Random) -> str:
    return rng.choice(
        [
            "https://t.co/Ab12Cd",
            "http://www.exemple.fr/avis?id=33",
            "www.tienda.es/pedido/9",
            "bit.ly/3xYz",
        ]
    )


def _handle(rng: random.Random) -> str:
    return "@" + rng.choice(["ana_perez", "MarcoPolo77", "jean.dupont", "BankHelp"])


def _phone_es(rng: random.Random) -> str:
    number = rng.choice("67") + digits(rng, 8)
    number = rng.choice([number, "91" + digits(rng, 7)])
    form = rng.choice([[9], [3, 2, 2, 2], [3, 3, 3]])
    return rng.choice(["", "", "+34 ", "0034 ", "+34"]) + grouped(number, form, rng.choice(" .-"))


def _phone_fr(rng: random.Random) -> str:
    number = rng.choice("67") + digits(rng, 8)
    sep = rng.choice([" ", ".", "-", "", "/"])
    if rng.random() < 0.3:
        return "+33 " + grouped(number, [1, 2, 2, 2, 2], " ")
    return grouped("0" + number, [2, 2, 2, 2, 2], sep)


def _phone_uk(rng: random.Random) -> str:
    return rng.choice(["07700 900", "+44 7700 900", "020 7946 0", "+44 20 7946 0"]) + digits(rng, 3)


def _phone_us(rng: random.Random) -> str:
    return rng.choice(["(212) 555-", "212-555-", "+1 212 555 "]) + digits(rng, 4)


def _phone_mx(rng: random.Random) -> str:
    return rng.choice(["55 ", "+52 55 ", "33 "]) + digits(rng, 4) + " " + digits(rng, 4)


def _iban(rng: random.Random) -> str:
    def control(code: str, *lengths: int) -> str:
        return "".join(digits(rng, n) for n in lengths)

    country = rng.choice(["ES", "FR", "DE"])
    if country == "ES":
        bank = digits(rng, 8)
        number = digits(rng, 10)
        body = bank + ccc.calc_check_digits(bank + "00" + number) + number
    elif country == "FR":
        body = control("FR", 10, 11)
        body += f"{97 - (89 * int(body[:5]) + 15 * int(body[5:10]) + 3 * int(body[10:])) % 97:02d}"
    else:
        body = control("DE", 8, 10)
    value = country + mod_97_10.calc_check_digits(body + country) + body
    sizes = [4] * (len(value) // 4) + ([len(value) % 4] if len(value) % 4 else [])
    return rng.choice([value, grouped(value, sizes, " ")])


def _card(rng: random.Random) -> str:
    body = rng.choice("45") + digits(rng, 14)
    value = body + luhn.calc_check_digit(body)
    return grouped(value, [4, 4, 4, 4], rng.choice([" ", "-", ""]))


def _a_dni(rng: random.Random) -> str:
    number = digits(rng, 8)
    letter = dni.calc_check_digit(number)
    return rng.choice(
        [
            number + letter,
            f"{number}-{letter}",
            number + letter.lower(),
            f"{number[:2]}.{number[2:5]}.{number[5:]}-{letter}",
        ]
    )


def _a_nie(rng: random.Random) -> str:
    body = rng.choice("XYZ") + digits(rng, 7)
    return rng.choice(["{0}{1}", "{0}-{1}"]).format(body, nie.calc_check_digit(body))


def _a_cif(rng: random.Random) -> str:
    body = rng.choice("ABEH") + digits(rng, 7)
    return body + cif.calc_check_digits(body)[0]


def _a_nir(rng: random.Random) -> str:
    month, department = rng.randint(1, 12), rng.randint(1, 95)
    body = f"{rng.randint(1, 2)}{rng.randint(40, 99)}{month:02d}{department:02d}{digits(rng, 6)}"
    value = body + nir.calc_check_digits(body)
    return rng.choice([value, grouped(value, [1, 2, 2, 2, 3, 3, 2], " ")])


def _siret(rng: random.Random) -> str:
    siren = digits(rng, 8)
    siren += luhn.calc_check_digit(siren)
    value = siren + "000" + digits(rng, 1)
    value += luhn.calc_check_digit(value)
    return rng.choice([value, grouped(value, [3, 3, 3, 5], " ")])


def _nino(rng: random.Random) -> str:
    value = rng.choice(["AB", "JK", "PW"]) + digits(rng, 6) + rng.choice("ABCD")
    return rng.choice([value, grouped(value, [2, 2, 2, 2, 1], " ")])


def _a_curp(rng: random.Random) -> str:
    initials = rng.choice(["BOXW", "GARM", "LOPJ"])
    body = f"{initials}{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(10, 28)}"
    body += rng.choice(["HNERXN0", "MDFLPR0"])
    return body + curp.calc_check_digit(body)


def _rfc(rng: random.Random) -> str:
    day = f"{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(10, 28)}"
    return "GODE" + day + rng.choice(["GR8", "A12", "QX5"])


def _nuss(rng: random.Random) -> str:
    return grouped(digits(rng, 12), [2, 8, 2], rng.choice(["", "/", " "]))


def _passport(rng: random.Random) -> str:
    return rng.choice(
        [lambda: "AAA" + digits(rng, 6), lambda: "12AB" + digits(rng, 5), lambda: digits(rng, 9)]
    )()


def _plate(rng: random.Random) -> str:
    n, three = digits(rng, 4), rng.choice(["BCD", "KLM", "XYZ"])
    return rng.choice([f"{n} {three}", f"{n}{three}", f"AB-{n[:3]}-CD", "AB12 CDE", "LX68KJH"])


def _address(rng: random.Random) -> str:
    n = rng.randint(1, 199)
    return rng.choice(
        [
            f"calle Mayor {n}",
            f"C/ Gran Vía, {n}, 3º B",
            f"avenida de la Constitución nº {n}",
            f"{n} rue de la Paix",
            f"{n} bis avenue Victor Hugo",
            f"{n}, place Bellecour",
            f"{n} Baker Street",
            f"{n} Old Kent Road",
            f"{n} Elm Ave",
        ]
    )


def _birthdate(rng: random.Random) -> str:
    d, m, y = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2004)
    return rng.choice(
        [f"{d:02d}/{m:02d}/{y}", f"{d}-{m}-{y}", f"{y}-{m:02d}-{d:02d}", f"{d}.{m}.{y}"]
    )


def _ip(rng: random.Random) -> str:
    v4 = ".".join(str(rng.randint(1, 254)) for _ in range(4))
    return rng.choice([v4, v4, f"2001:db8:85a3:0:0:8a2e:{rng.randint(1, 9999)}:7334"])


def _ref(rng: random.Random) -> str:
    return rng.choice(
        [
            digits(rng, 8),
            digits(rng, 10),
            f"FR-{digits(rng, 5)}",
            f"A{digits(rng, 2)}-{digits(rng, 4)}",
            f"PED{digits(rng, 6)}",
        ]
    )


FIRST = [
    "María José",
    "Laura",
    "Jean-Pierre",
    "Élodie",
    "John",
    "Siobhan",
    "Carlos",
    "Iñaki",
    "Chloé",
    "Nuria",
    "Fatima",
    "Mohamed",
    "Li",
]
LAST = [
    "García",
    "de la Torre",
    "Dupont",
    "Lefèvre",
    "Smith",
    "O'Brien",
    "Fernández López",
    "Nguyen",
    "Martínez",
    "McDonald",
]


def _name(rng: random.Random) -> str:
    first = rng.choice(FIRST)
    return first if rng.random() < 0.5 else f"{first} {rng.choice(LAST)}"


def _surname(rng: random.Random) -> str:
    return rng.choice(LAST).removeprefix("de la ")


# label -> type, maker
MAKERS: dict[str, tuple[str, Make]] = {
    "e-mail": ("EMAIL", _email),
    "URL": ("URL", _url),
    "handle": ("HANDLE", _handle),
    "phone ES": ("PHONE", _phone_es),
    "phone FR": ("PHONE", _phone_fr),
    "phone UK": ("PHONE", _phone_uk),
    "phone US": ("PHONE", _phone_us),
    "phone MX": ("PHONE", _phone_mx),
    "IBAN": ("IBAN", _iban),
    "card": ("CARD", _card),
    "DNI": ("DNI", _a_dni),
    "NIE": ("NIE", _a_nie),
    "CIF": ("CIF", _a_cif),
    "NIR": ("NIR", _a_nir),
    "SIRET": ("SIRET", _siret),
    "NINO": ("NINO", _nino),
    "CURP": ("CURP", _a_curp),
    "RFC": ("RFC", _rfc),
    "NUSS": ("NUSS", _nuss),
    "passport": ("PASSPORT", _passport),
    "plate": ("PLATE", _plate),
    "address": ("ADDRESS", _address),
    "birth date": ("BIRTHDATE", _birthdate),
    "IP": ("IP", _ip),
    "reference": ("REF", _ref),
    "name": ("NAME", _name),
    "title + name": ("NAME", _surname),
}

# What people write around a value, announced or (with *) not.
BARE = {
    "es": [
        "{} es lo mío",
        "os dejo {} por si acaso.",
        "ya dije {}, y nada",
        "Pésimo servicio ({})",
    ],
    "fr": ["voici {} au cas où.", "j'ai donné {} et rien", "Très déçu ({})", "c'est {} merci"],
    "en": [
        "it is {} in case you need it.",
        "gave you {} and nothing",
        "Very poor ({})",
        "mine is {} thanks",
    ],
}
SENTENCES = """
e-mail|es|*
e-mail|fr|*
e-mail|en|*
URL|es|*
URL|fr|*
URL|en|*
handle|es|*
handle|fr|*
handle|en|*
phone ES|es|llamadme al {} por favor
phone ES|es|mi móvil es {}.
phone ES|es|*
phone FR|fr|appelez-moi au {} svp
phone FR|fr|mon numéro : {}
phone FR|fr|*
phone UK|en|call me on {} please
phone UK|en|my number is {}.
phone UK|en|*
phone US|en|call me on {} please
phone US|en|*
phone MX|es|márquenme al teléfono {} por favor
phone MX|es|mi celular {}
IBAN|es|*
IBAN|fr|*
IBAN|en|*
card|es|*
card|fr|*
card|en|*
DNI|es|con DNI {} no me dejan
DNI|es|*
NIE|es|mi NIE es {}
NIE|es|*
CIF|es|factura a {} ya
CIF|es|*
NIR|fr|numéro de sécu {}
NIR|fr|*
SIRET|fr|SIRET {} svp
SIRET|fr|*
NINO|en|NI number {}
NINO|en|*
CURP|es|mi CURP {}
CURP|es|*
RFC|es|mi RFC {}
RFC|es|facturar con RFC: {}
NUSS|es|seguridad social {}
NUSS|es|nº de afiliación: {}
passport|es|pasaporte {}
passport|fr|passeport n° {} périmé
passport|en|passport number {} lost
plate|es|mi coche {} en el taller
plate|es|matrícula {}
plate|fr|ma voiture {} en panne
plate|en|my car {} was towed
address|es|vivo en {} y no llega
address|es|enviado a {}.
address|fr|j'habite {} et rien
address|en|it went to {} instead
birth date|es|nací el {}
birth date|es|fecha de nacimiento: {}
birth date|fr|née le {}
birth date|fr|date de naissance {}
birth date|en|born on {}
birth date|en|DOB {}
IP|es|*
IP|fr|*
IP|en|*
reference|es|mi pedido {} no llegó
reference|es|número de contrato: {}
reference|es|expediente nº {} parado
reference|es|la factura {} está mal
reference|fr|commande n° {} jamais reçue
reference|fr|dossier {} en attente
reference|fr|mon contrat {}
reference|fr|réf. {}
reference|en|order #{} was late
reference|en|case number {} still open
reference|en|booking {}
reference|en|my account number is {}
name|es|me atendió {} muy bien
name|es|gracias a {}.
name|es|me llamo {}, cliente
name|es|hablé con {} ayer
name|es|atendida por {} en tienda
name|es|la técnica {} vino
name|fr|merci à {} pour tout
name|fr|je m'appelle {}.
name|fr|la conseillère {} est top
name|fr|reçu par {} hier
name|fr|j'ai parlé avec {}
name|fr|le technicien {} est venu
name|en|thanks to {} for this
name|en|my name is {}.
name|en|I spoke to {} twice
name|en|served by {} today
name|en|an agent called {} helped
name|en|Regards, {}
title + name|es|el Sr. {} fue amable
title + name|es|la Sra. {} no contesta
title + name|es|doña {} me ayudó
title + name|fr|Mme {} au téléphone
title + name|fr|M. {} a été parfait
title + name|fr|Monsieur {} est venu
title + name|en|Mr {} was rude
title + name|en|Mrs. {} helped
title + name|en|Dr {} listened
"""


def sentences(label: str) -> list[tuple[str, str]]:
    """Return (language, pattern) pairs for one kind of value."""
    pairs = []
    for line in SENTENCES.strip().splitlines():
        name, language, pattern = line.split("|")
        if name == label:
            pairs += [(language, p) for p in (BARE[language] if pattern == "*" else [pattern])]
    return pairs


CHECKED = {"IBAN", "CARD", "DNI", "NIE", "CIF", "NIR", "SIRET", "CURP"}


def spoil(value: str, rng: random.Random) -> str:
    """Change the last letter or digit, so that the checksum is wrong."""
    last = value[-1]
    pool = "0123456789" if last.isdigit() else "ABCDEFGHJKLMNP"
    return value[:-1] + rng.choice([c for c in pool if c != last.upper()])


# Numbers and capitals that identify nobody; <a-b> is a number, <x|y> a choice.
HARD = """
es le doy un <0-10> de 10
fr note <0-10>/10
en <1-5> stars out of 5
es 24/7 sin respuesta
es el <1-28>/<1-12>/20<10-26> a las <10-23>:<10-59>
fr livré le <1-28> mars 20<10-26> à <8-19>h<10-59>
en on May <1-28>, 20<10-26> at <1-12>:<10-59> pm
es pagué <1-9>.<100-999>.<100-999>,<10-99> €
fr facture de <1-9> <100-999>,<10-99> € par mois
en paid £<1-9>,<100-999>.<10-99> for it
es <2-90> minutos en espera
fr depuis 20<10-24> client fidèle
en customer since 19<80-99>
fr <2-9> semaines pour <2-9> colis
fr horaires 0<8-9>h00-18h00
fr <10000-95999> Rennes
es CP <10000-52999> Madrid
es modelo iPhone <11-17> Pro <128|256>
en Galaxy S<20-26> Ultra <256GB|512 GB>
en version <1-20>.<0-9>.<0-9>
en firmware <1-9>.<0-9>.<0-9>.<0-9> broke it
es la app <1-9>.0 falla
en order was late <2-9> times
es mi pedido tardó <2-40> días
es el pedido del <1-28>/<1-12>/2025 no llegó
fr commande de <2-99> articles
en ticket cost <10-400> euros
es en mi cuenta <1000-90000> euros menos
en waited <2-60> days for order <1-9>
es tarda <2-9>-<10-20> días
es 100% satisfecho
es fibra de <300|600|1000> Mb
fr <2-9> Go de data pour <5-30>,99 €
en broadband <30-900> Mbps
en flight <BA|IB|U2><100-9999> delayed
en flight <1000-2999> JFK late
es gracias a todos
fr merci à toute l'équipe
en thanks to everyone
en thanks to <Amazon|Vodafone|Customer Services>
fr merci à <Orange|Noël|Paris>
es gracias a <Dios|Movistar|Internet>
es me llamó la atención el precio
es soy <Premium|Cliente|VIP> desde hace <2-9> años
fr taille M. Très bien coupé
es bienvenid@s tod@s
en see you @ <1-9>
es salida <10-23>:<10-59>:<10-59>
en a <2-9> way street
es en la calle <2-9> horas
fr <2-9> places de parking
es sala de <100-900> m2 a <2-9> km
en size <36-46> / <4-12>
es resolución <1920x1080|3840x2160>
en error <400-599> again
fr erreur <1000-9999> au paiement
es nací en <1950-2000>
en scored <1-99>.<0-9>% in <2000-2026>
fr du <1-12>-<13-28> mai
"""


def hard_negatives(rng: random.Random, n: int) -> list[tuple[str, str]]:
    """Return n (language, sentence) pairs without personal data."""

    def number(match: re.Match[str]) -> str:
        return str(rng.randint(int(match[1]), int(match[2])))

    def choice(match: re.Match[str]) -> str:
        return rng.choice(match[1].split("|"))

    shapes = HARD.strip().splitlines()
    made = []
    for i in range(n):
        text = re.sub(r"<(\d+)-(\d+)>", number, shapes[i % len(shapes)])
        made.append((text[:2], re.sub(r"<([^<>]+)>", choice, text)[3:]))
    return made

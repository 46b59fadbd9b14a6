"""Names of people: announced, listed, in small letters, and what only looks like one."""

from __future__ import annotations

import pytest

from analyzer.text import redact
from analyzer.text.given import doubtful_names, folded, given_names, word_names
from analyzer.text.names import find_names

FOUND = [
    ("es", "mi hija «Zulema» no pudo entrar"),
    ("es", "mi marido, «Crispín Lozano», es el titular"),
    ("es", "vino un tal «Eufrasio» y lo arregló"),
    ("es", "Fdo.: «Celedonio Muñiz»"),
    ("es", "me llamo «rosa maría gil» y soy clienta"),
    ("es", "el sr «etxeberria» me colgó"),
    ("es", "hablé con «lucía» y todo bien"),
    ("es", "felicitar a «Iker y a Maite» de la tienda"),
    ("es", "«Nerea» es un sol"),
    ("es", "gracias «Begoña», eres la mejor"),
    ("fr", "J'ai eu «Wissem» au téléphone"),
    ("fr", "l'agent «Dubreuil» n'a pas voulu"),
    ("fr", "Nom : «Roussel» Prénom : «Ghislaine»"),
    ("fr", "Mme «Le Goff» a été odieuse"),
    ("fr", "bien à vous, «Apolline»"),
    ("fr", "je m'appelle «odile martin» et je suis cliente"),
    ("fr", "Conseillère «Aurianne» au top"),
    ("fr", "c'est «Christophe» qui est venu"),
    ("en", "Mrs. «Van der Berg» helped me"),
    ("en", "my name is «derek hughes» and I want a refund"),
    ("en", "ask for «Wendell», he knows"),
    ("en", "I dealt with both «Sean and Kirsty»"),
    ("en", "«Natalie» was amazing"),
    ("en", "cheers «Dave», you legend"),
    ("en", "My name is «Colm O'Donnell» and I wait"),
    ("es", "muy amables sobre todo «jennifer» que nos trató bien"),
    ("es", "la casa de «alicia» y «aurelio», gente estupenda"),
    ("es", "gracias a «maría del carmen» por todo"),
    ("es", "gracias, sr «paco jimenez»"),
    ("es", "nos quedaremos con «Yurkenia» y «Lila» sin dudarlo"),
    ("es", "Con las amables «Maydel», «Maura» y «Daniela». Recomendado"),
    ("es", "la señorita «Emilia» de Relaciones Públicas"),
    ("es", "por parte de «Ivis», de recepción"),
    ("es", "un camarero llamado «Higinio»"),
    ("fr", "la personne au téléphone («isabelle») m'a renseigné"),
    ("fr", "un technicien prénommé «Loïck»"),
    ("en", "special thanks to the animators ( Oscar , «Mehmet» , «Dasha» and «Sabri» )"),
]

LEFT = [
    ("es", "San Juan y Santa Elena están mal comunicados"),
    ("es", "la calle Alicia está cortada"),
    ("es", "Playa del Carmen no tiene cobertura"),
    ("es", "un ron Santiago y una cola"),
    ("es", "Rosa y azul, bonitos colores"),
    ("es", "mi hija está contenta"),
    ("es", "mi gestora Rápido"),
    ("es", "gran parte de la Habana se ve a pie"),
    ("es", "un bus de turismo, un bar llamado Fresquito"),
    ("es", "condujo el sr embajador y el sr mesero"),
    ("es", "la nina del carmen de playa del carmen"),
    ("fr", "je recommande l Olivier assurance, chez April depuis dix ans"),
    ("fr", "BRAVO LE CONSEILLER A ETE SUPER"),
    ("fr", "ma voisine Appel téléphonique compliqué"),
    ("fr", "Monsieur Le Maire et Mme L'Ambassadrice"),
    ("fr", "je suis marié depuis trente ans"),
    ("fr", "un concessionnaire Mercedes, le Major, nous avons Juste attendu"),
    ("en", "they asked for my National Insurance number"),
    ("en", "to James Cook Hospital, our Tom-Tom, on 5 Mar"),
    ("fr", "Saint-Denis et Saint Martin sans réseau"),
    ("fr", "rue Victor Hugo barrée"),
    ("fr", "Conseillère Accueillante et souriante"),
    ("fr", "Rapide Efficace Sympathique"),
    ("fr", "bonjour madame monsieur"),
    ("fr", "un certain Temps avant réponse"),
    ("fr", "Claire et nette, la facture"),
    ("en", "a flight to Charlotte, in Charlotte we waited"),
    ("en", "Will was a word, Grace period another"),
    ("en", "through St. Louis and Fort George"),
    ("en", "miss the old shop"),
    ("en", "the name is hard to read"),
]


@pytest.mark.parametrize(("language", "marked"), FOUND)
def test_finds_names(language: str, marked: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    parts = marked.replace("»", "«").split("«")
    redacted, _ = redact(text, language)
    for plain, name in zip(parts[0::2], parts[1::2], strict=False):
        assert plain in redacted
        assert name not in redacted


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_leaves_what_is_no_name(language: str, text: str) -> None:
    assert list(find_names(text, language)) == []


def test_a_word_of_the_own_language_is_a_name_only_in_others() -> None:
    assert list(find_names("I met Rosa there", "en"))
    assert not list(find_names("la flor Rosa de mi casa", "es"))


def test_lists_are_folded_and_apart() -> None:
    every = given_names() | doubtful_names() | word_names()
    assert all(folded(name) == name for name in every)
    assert not given_names() & (doubtful_names() | word_names())
    assert not doubtful_names() & word_names()
    assert "rosa" not in word_names("es")


def test_folding_keeps_every_place() -> None:
    text = "ÀÉÎÕÜ Ñandú İstanbul Łódź ß œ"
    assert len(folded(text)) == len(text)
    assert folded("Éléonore Ñandú") == "eleonore nandu"

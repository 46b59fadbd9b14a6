"""What passages say."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.quotes.patterns import refuses_quoting, spells_out, takes_back
from analyzer.quotes.people import names_somebody, usual_names
from analyzer.quotes.wording import (
    fold,
    has_reservation,
    is_complete,
    is_profane,
    is_self_contained,
    is_sensitive,
    phrases,
    rules_version,
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("And the fibre never drops.", "en"),
        ("It just works, day in day out.", "en"),
        ("That's how you get people back.", "en"),
        ("So I told everyone at work.", "en"),
        ("Además son muy amables.", "es"),
        ("¡Y encima es barato!", "es"),
        ("Eso no se paga con dinero.", "es"),
        ("Él me lo resolvió.", "es"),
        ("Mais le prix reste correct.", "fr"),
        ("Elle m'a rappelée chaque matin.", "fr"),
        ("C'est rare et ça mérite d'être dit.", "fr"),
        ("« Et tout marche. »", "fr"),
        ("Great value, apart from that I say nothing.", "en"),
        ("Como ya dije, todo perfecto.", "es"),
        ("10 because my father had it.", "en"),
        ("No pongo un 10 porque nada es perfecto.", "es"),
        ("Je vous mets 10 quand même.", "fr"),
    ],
)
def test_leaning_openings_are_not_self_contained(text: str, language: str) -> None:
    assert not is_self_contained(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Android phones connect at once.", "en"),
        ("Orange roofs all around, and full signal.", "en"),
        ("So easy to use that my father manages.", "en"),
        ("El técnico llegó puntual.", "es"),
        ("10 minutes and all was done.", "en"),
        ("Yo lo recomiendo a todo el mundo.", "es"),
        ("Estupendo trato en la tienda.", "es"),
        ("Il y a toujours quelqu'un pour répondre.", "fr"),
        ("Installation rapide et soignée.", "fr"),
        ("Ouvert le dimanche, un vrai plus.", "fr"),
    ],
)
def test_plain_openings_are_self_contained(text: str, language: str) -> None:
    assert is_self_contained(text, language)


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("Fast and cheap.", True),
        ("fast and cheap", True),
        ("¡Qué rapidez!", True),
        ("£11 a month and no surprises", True),
        ("[NAME] sorted it in a minute.", True),
        ("Fast, cheap and", False),
        ("Fast, cheap,", False),
        ("I thought it would be", True),
        ("Fast, cheap…", False),
        ('They said "never again.', False),
        ("Fast (and cheap.", False),
        (", fast and cheap.", False),
        ("👍 fast and cheap", False),
    ],
)
def test_complete_sentences(text: str, complete: bool) -> None:
    assert is_complete(text, "en") is complete


def test_profanity_depends_on_the_language() -> None:
    assert is_profane("Quel con ce vendeur", "fr")
    assert not is_profane("Estoy con ellos desde hace años", "es")
    assert is_profane("Funciona de puta madre", "es")
    assert is_profane("Bloody brilliant", "en")
    assert not is_profane("Connexion rapide, classe, assistance parfaite", "fr")
    assert not is_profane("A classic class act, they pass every test in Scunthorpe", "en")


@pytest.mark.parametrize(
    "text",
    [
        "Soy sordo y me atendieron por escrito",
        "Malentendante, je redoutais l'appel",
        "Since my cancer treatment I rely on it",
        "My husband passed away in June",
        "Soy MUSULMÁN y me respetaron",
        "Notre délégué syndical le recommande",
        "Je suis séropositive et ils m'ont bien reçue",
        "With multiple sclerosis it is a relief",
        "They were so kind after my breast operation",
        "Me atendieron tras mi operación de cadera",
        "I am a Sikh and they respected it",
        "As a Labour voter I approve",
        "Desde que dejé a mi marido maltratador me ayudan",
        "They kept my restraining order against my ex on file",
        "I am 16 years old and love it",
        "Tengo 15 años y me va genial",
        "J'ai 16 ans et tout marche",
        "My 8-year-old set it up",
        "Since my divorce I pay less",
        "The Polish installer was a star",
        "El instalador rumano fue un encanto",
        "L'installateur marocain a été parfait",
        "Soy colombiana y me trataron bien",
        "Je suis au chômage et ils m'ont aidée",
        "I lost my job and they gave me time",
        "Ahora que estoy en paro me hicieron precio",
        "They called while we were on strike",
        "The police came and they still kept calm",
        "Je suis enceinte et on m'a donné une place",
        "Ma mère est aveugle et ils l'ont aidée",
        "They helped when I was made redundant",
        "Mon ex ne payait rien et ils ont compris",
        "Mi hijo de 12 años y yo, encantados",
        "Mon enfant de six ans a adoré",
    ],
)
def test_sensitive_words_are_heard_in_every_language(text: str) -> None:
    assert is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "La sede abre pronto",
        "Great deal",
        "Un service de classe",
        "I have been with them 12 years",
        "Tengo 5 años de cliente",
        "J'ai dix ans de contrat",
        "La operadora fue muy amable",
        "He diagnosed the fault in minutes",
        "Wonderful hospitality",
        "Me despido con un saludo",
        "El precio sin IVA",
        "From the bottom of my heart",
        "Hablan inglés y francés",
        "The chinese restaurant is lovely",
        "Our fibre copes with four teenagers",
        "Client depuis plus de 10 ans, et toujours ravie",
        "Depuis plus de deux ans sans une panne",
        "Durante más de 5 años sin un fallo",
        "Siri works well with it",
        "Far better than my ex provider",
        "Bien mieux que mon ex-opérateur",
        "Nunca molestan con llamadas",
        "Thanks for coming out so quickly",
        "Ils tiennent parole",
        "Muy buena política de devoluciones",
        "Ma police d'assurance est claire",
        "L'enceinte a un très bon son",
        "Confío ciegamente en ellos",
        "Me lo explicó todo detenidamente",
        "El vacuno es excelente",
        "The braised rabbit is amazing",
    ],
)
def test_plain_words_are_not_sensitive(text: str) -> None:
    assert not is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "Lucy explained my bill line by line",
        "Your chap Imran texted me updates",
        "Karim, à la boutique, a pris une demi-heure",
        "Encarni es un sol",
        "Nadège a réglé en un appel ce qui traînait",
        "thanks to karim it works",
        "You have to ask for Kwame in the shop",
    ],
)
def test_names_that_nothing_announces_are_found(text: str) -> None:
    assert names_somebody(text)


@pytest.mark.parametrize(
    "text",
    [
        "The bill is clear and may I say cheap",
        "Bill is correct every month",
        "Claire et simple, la facture",
        "Full signal in Biarritz and near Llanberis",
        "The eSIM works on WhatsApp and Netflix",
        "Gracias a [NOMBRE] por todo",
        "Todo perfecto desde el primer día",
        "I love the router, Wednesday to Sunday",
        "TODO PERFECTO",
    ],
)
def test_what_is_no_name_is_left_alone(text: str) -> None:
    assert not names_somebody(text)


def test_a_word_that_many_write_is_a_brand() -> None:
    texts = [f"Number {i}: I like Zorvex a lot" for i in range(5)]
    assert names_somebody("I like how Zorvex works")
    assert not names_somebody("I like how Zorvex works", usual_names(texts))


@example("𝕊")
@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(st.text("abcé+.*", min_size=1, max_size=8), max_size=6), st.text(max_size=40))
def test_phrases_compile_whatever_they_are(entries: list[str], text: str) -> None:
    phrases(entries).search(text)


def test_phrases_match_whole_words_and_endings() -> None:
    assert phrases(["orange", "free mobile"]).search("chez free mobile")
    assert not phrases(["orange"]).search("orangerie")
    assert phrases(["orang*"]).search("orangerie")
    assert not phrases([]).search("anything")


@pytest.mark.parametrize(
    "text",
    [
        "Je ne peux pas dire que le service soit excellent",
        "If you fixed the billing you would be the best company",
        "You would be the best company if you fixed the billing",
        "Si arreglaran la facturación serían la mejor compañía",
        "Si vous répariez la facturation, vous seriez les meilleurs",
        "Todo perfecto hasta que llega la factura",
        "Tout est parfait jusqu'à ce que la facture arrive",
        "Everything was perfect until the first bill arrived",
        "Le service est parfait, quand il marche",
        "Todo va genial cuando funciona",
        "Excellent service when it works",
        "Excellent service as always (just kidding)",
        "El servicio es fantástico, es broma",
        "Super service, je plaisante",
        "No puedo decir que el servicio sea excelente",
        "I would not call it great",
        "Un service formidable, ou pas",
        "Great service when they want to answer",
        "Daría un 10 si contestaran al teléfono",
        "C'est loin d'être parfait",
    ],
)
def test_praise_that_is_taken_back_is_heard(text: str) -> None:
    assert takes_back(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "I can't say enough good things about them",
        "I cannot recommend them enough",
        "No puedo decir nada malo de ellos",
        "Je ne peux que recommander ce service",
        "Se quedaron hasta que funcionó",
        "They stayed until it was done",
        "If I could give 11 I would",
        "Cuando tengo dudas me atienden enseguida",
        "Quand on appelle, ils répondent tout de suite",
        "No es broma, los mejores",
        "Si volviera a la ciudad, regresaría al mismo hotel",
        "Si pudiera dar más estrellas las daría",
        "Le pondría un 11 si pudiera",
        "Great if you want to learn",
        "The service was great until the very end",
        "Je recommande plus que chaudement",
        "Je suis loin d'être déçu",
        "Lo recomiendo si quieren descansar",
        "Words cannot describe the kindness of the team",
    ],
)
def test_plain_praise_is_not_taken_back(text: str) -> None:
    assert not takes_back(fold(text))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Call me on oh seven seven one two three four five", True),
        ("Llámame al seis cero cero doce trece", True),
        ("Au zéro six douze trente-quatre cinquante-six", True),
        ("Write to ana at gmail dot com", True),
        ("ana arroba ejemplo punto es", True),
        ("In one or two days, three at most", False),
        ("I was at work dot on time", False),
        ("Write to ana at gmail.com", True),
        ("I bought it at amazon.com", False),
    ],
)
def test_numbers_and_addresses_in_words_are_seen(text: str, spelled: bool) -> None:
    assert spells_out(fold(text)) is spelled


@pytest.mark.parametrize(
    ("text", "language", "takes_some_back"),
    [
        ("Habitaciones cómodas, con todo lo necesario", "es", False),
        ("Espero volver pronto", "es", False),
        ("Espero que mejoren el aparcamiento", "es", True),
        ("No cambien nunca", "es", False),
        ("I never had a problem with them", "en", False),
        ("I had a problem with them", "en", True),
        ("Everything is just as it should be", "en", False),
        ("There should be more lines", "en", True),
    ],
)
def test_reservations(text: str, language: str, takes_some_back: bool) -> None:
    assert has_reservation(text, language) is takes_some_back


def test_version_names_the_word_lists() -> None:
    assert re.fullmatch(r"\d+\.[0-9a-f]{8}", rules_version())


@pytest.mark.parametrize("seed", ["a ", "A, ", "“(", "Ñandú ", "1 ", ". ", "'’", "[NAME] ", "é"])
def test_hostile_text_takes_linear_time(seed: str) -> None:
    text = seed * (20_000 // len(seed))
    began = time.process_time()
    is_complete(text, "en")
    is_self_contained(text, "fr")
    is_profane(text, "es")
    is_sensitive(text)
    names_somebody(text)
    refuses_quoting(fold(text))
    takes_back(fold(text))
    spells_out(fold(text))
    assert time.process_time() - began < 2

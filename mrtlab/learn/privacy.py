"""Does a text say who somebody is? Looked for before a text leaves this computer as evidence.

This lowers a risk; it proves nothing. A name in lower case, a nickname, a rare diagnosis or the date of a holiday can
identify a patient and pass here. The writer stays responsible, and a reader must still look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mrtlab.errors import InputError
from mrtlab.learn._words import ENDINGS, GIVEN, MONTHS, ORDINARY, PHRASES

__all__ = ["REMOVED", "Finding", "personal_data"]

REMOVED = "[words removed]"  # long enough to stand for a reason


@dataclass(frozen=True)
class Finding:
    """A part of a text that may identify a person.

    Parameters
    ----------
    kind : str
        One of "date of birth", "date", "number", "e-mail", "phone", "DICOM UID", "title and name", "name".
    text : str
        The part itself.
    line : int
        The line it begins in, from 1.
    """

    kind: str
    text: str
    line: int


def personal_data(text: str) -> tuple[Finding, ...]:
    """What in a text looks like personal data, in the order of the text.

    Finds dates of birth, full dates near words such as "patient", hospital numbers, long numbers that are no
    measurement, e-mail addresses, phone numbers, DICOM identifiers and what is written like a name. An empty answer
    does not mean that there are none.

    Raises
    ------
    InputError
        If ``text`` is not text.
    """
    if not isinstance(text, str):
        raise InputError(f"text must be text, got {text!r}")
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_SPACES)
    found: list[tuple[int, int, str]] = []
    taken = bytearray(len(text))
    bare = _without_measures(text)
    for kind, search, measures_count in _RULES:
        for start, end in search(text if measures_count else bare):
            if end > start and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, kind))
    return tuple(Finding(kind, text[start:end], text.count("\n", 0, start) + 1) for start, end, kind in sorted(found))


_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t"), " "
)
_BLANK = "\u0001"  # stands for what was looked at and is harmless; part of no word and no number

# --- measurements: numbers with a unit, with all that may stand between them

# Repeats are few and possessive, here and below: a text of 40 000 digits must come to an end.
_NUMBER = (
    r"\d++(?: \d{3}(?!\d)){0,6}+(?:[.,]\d++){0,6}+(?:[eE][+−-]?\d{1,3})?+"
    r"(?: ?[x×·] ?10(?:\^?[+−-]?\d{1,2}|[⁰¹²³⁴-⁹⁺⁻]+)?)?+"
)
_UNITS = (
    r"[kMGTmµμn]?Bq|[mµμk]?Ci|[mckµμ]?Gy|[mµμ]?Sv|rad|rem|[kMm]?eV|[mkµμ]?J|cps|kcps|cpm|[mkµμnc]?g|[mdcµμ]?[lL]|"
    r"[mcµμnk]?m|cc|[cm]m[23²³]|[mµμn]?s|sec|seconds?|min|mins|minutes?|h|hr|hrs|hours?|d|days?|weeks?|months?|years?|y|"
    r"Std|Stunden?|Tagen?|Minuten?|Sekunden?|%|‰|°C?|HU|mol|[mµμnp]mol|Hz|kHz|"
    r"[kM]?counts?|Impulse|photons?|histories|decays?|disintegrations?|particles?|voxels?|pixels?|cells|clonogens|"
    r"samples?|simulations?|runs|iterations?|draws?|replicates|patients|electrons?|events?|points?"
)
_MEASURE = re.compile(
    rf"(?<![\w.,])(?:{_NUMBER} ?(?:±|\+/-|\+-|–|—|-|to|bis|and|und|or|,|;|/) ?(?:[+−±≈~=(-] ?){{0,2}}+){{0,9}}+"
    rf"{_NUMBER} ?[-·]?(?:{_UNITS})(?![^\W_])"
)
# "n = 1000000", "seed 20270302", "PMID 24447932": numbers that say of themselves that they are nobody's
_HARMLESS = re.compile(
    rf"(?<!\w)(?i:n|seed|counts?|sum|total|histories|photons|pmid:?|pubmed|pmc|isbn|issn|arxiv:?|version|code|doi)"
    rf"(?: in [A-Za-z ]{{3,12}})? ?(?:=|:|of|≈|~|about)? ?{_NUMBER}(?:[,;] ?{_NUMBER}){{0,9}}+(?![\w])"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S++|(?<![\w.])10\.\d{4,9}/\S++")


def _without_measures(text: str) -> str:
    """The same text with web addresses, measurements and set phrases blanked out, every place kept."""
    for pattern in (_ADDRESS, _MEASURE, _HARMLESS, _PHRASE):
        text = pattern.sub(lambda match: _BLANK * len(match[0]), text)
    return text


_PHRASE = re.compile(r"\b(?:" + "|".join(map(re.escape, PHRASES)) + r")\b")

# --- dates

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WRITTEN_DATE = (
    rf"\d{{1,2}}(?:st|nd|rd|th|\.)?[ -](?:of |de )?(?i:{_MONTH})(?:,? | de |-)(?:1[89]|20)\d\d|"
    rf"(?i:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? (?:1[89]|20)\d\d"
)
_FULL_DATE = (
    r"(?:1[89]|20)\d\d([-/.])(?:1[0-2]|0?[1-9])\1(?:3[01]|[12]\d|0?[1-9])|"
    r"(?:3[01]|[12]\d|0?[1-9])(?P<sep>[-/.]) ?(?:1[0-2]|0?[1-9])(?P=sep) ?(?:1[89]|20)\d\d|"
    r"(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])/(?:1[89]|20)\d\d|" + _WRITTEN_DATE
)
_DATE = re.compile(rf"(?<![\w.,/-])(?:{_FULL_DATE})(?![\w/-]|[.,]\d)")
_SHORT_DATE = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2}(?:\d\d)?|\d{8}|\d{6}|(?:1[89]|20)\d\d"
)
_BIRTH_WORD = (
    r"(?:dob|d\. ?o\. ?b\.?|date of birth|birth ?date|birth ?day|birth|born|geb\.?|geboren|geburtsdatum|"
    r"geburtstag|jahrgang|jg\.|født|fødselsdato|fødd|född|födelsedatum|née? le|naissance|"
    r"nacid[oa]|nacimiento|nat[oa] il|nascita|geboortedatum|urodzon[ya])"
)
_BIRTH = re.compile(rf"(?<!\w)(?i:{_BIRTH_WORD})(?!\w)")
# "f. 120361" (Scandinavian), "* 12.03.1961" (German): marks too short to look for anywhere but right before a date
_MARKED = re.compile(r"(?:(?<!\w)f\. ?|(?<![\w)])(?<!\d )\* ?)(?:\d{6}|\d{8}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})(?!\w)")
_BIRTH_THEN = re.compile(
    rf"(?<!\w)(?i:{_BIRTH_WORD})[\s:=(,.-]{{0,5}}(?i:(?:is|was|on|am|im|den|the|le|el|il|in|en|op|date)[\s:]{{1,3}}){{0,2}}"
    rf"(?:{_SHORT_DATE}|{_WRITTEN_DATE}|(?:\d{{1,2}}[. -]{{1,2}})?(?i:{_MONTH})[ -](?:\d\d)?\d\d)(?!\w)"
)
_BORN_IN = re.compile(r"(?i:\b(?:born|birth) in )(?:1[89]|20)\d\d$")  # "dosimetry was born in 1946"
_PERSON_ID = re.compile(
    r"(?i:patient'?s? ?-?(?:id|no|nr|number)|patienten-?(?:id|nr)|mrn|nhs|hospital (?:no|number|id))\b"
)
_PERSON = re.compile(
    r"(?i:\b(?:patient(?:s|in|en|'s|’s)?|paciente|paziente|pasient(?:en)?|pt|admitted|discharged|referred|hospitali[sz]ed|"
    r"died|deceased|diagnosed|name|mr|mrs|ms|herr|frau)\b)"
)
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2} ?(?:am|pm|Uhr)\b")


def _births(text: str) -> Iterator[tuple[int, int]]:
    for match in _BIRTH_THEN.finditer(text):
        if not _BORN_IN.search(match[0]):
            yield match.span()
    for match in _MARKED.finditer(text):
        yield match.span()
    for match in _DATE.finditer(text):
        if _BIRTH.search(_near(text, *match.span())):
            yield match.span()


def _dates(text: str) -> Iterator[tuple[int, int]]:
    """Full dates near a person. A clock time beside the date makes it a simulated scan, if no identity stands near."""
    for match in _DATE.finditer(text):
        near = _near(text, *match.span())
        beside = text[max(match.start() - 15, 0) : match.end() + 15].replace(match[0], " ")
        if _PERSON_ID.search(near) or (_PERSON.search(near) and not _CLOCK.search(beside)):
            yield match.span()


def _near(text: str, start: int, end: int, reach: int = 40) -> str:
    """The words around a place, within its sentence."""
    before = _SENTENCE.split(text[max(start - reach, 0) : start])[-1]
    after = _SENTENCE.split(text[end : end + reach])[0]
    return f"{before} {after}"


_SENTENCE = re.compile(r"[.!?;]\s+(?=[^\W\d_a-z])|\n\s*\n")

# --- numbers

_NUMBER_WORD = (
    r"mrn|hospital ?(?:no|nr|number|num|id)|patient'?s? ?-?(?:no|nr|number|id)|patienten-?(?:nr|nummer|id)|"
    r"case (?:no|number)|fall-?(?:nr|nummer)|accession ?(?:no|number|#)?|chart (?:no|number)|record (?:no|number)|"
    r"unit (?:no|number)|pat\.?-?(?:id|nr)|pid|ssn|bsn|pesel|fødselsnummer|fnr|personnummer|pers\.? ?nr|cpr|nhc|ipp|"
    r"versicherten-?(?:nr|nummer)|kvnr|insurance (?:no|number)|medical record(?: (?:no|number))?|id (?:no|number)"
)
_KEYED = re.compile(
    rf"(?<!\w)(?i:{_NUMBER_WORD})(?!\w)[.:#=\s]{{0,4}}(?i:(?:is|was|no|nr|number)[.:\s]{{1,3}})?"
    r"[A-Z]{0,4}[ -]?\d(?:[ ./-]?[A-Z\d]){3,17}(?!\w)"
)
_NHS = re.compile(r"(?<!\w)(?i:nhs|chi)(?!\w)[^\d\n]{0,12}\d{3}[ -]?\d{3}[ -]?\d{4}(?!\w)")
_TEN_DIGITS = re.compile(r"(?<![\w.,])(?<!\d )\d{3}[ -]\d{3}[ -]\d{4}(?!\w|[.,]\d| \d)")
# day, month, year and a serial number, as Scandinavian and Baltic identities are written
_CIVIL = re.compile(
    r"(?<![\w.,-])(?:(?:3[01]|[12]\d|0[1-9])(?:1[0-2]|0[1-9])\d\d|(?:19|20)?\d\d(?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9]))"
    r"(?:[ +-]\d{4,5})(?!\w|[.,]\d)"
)
_SOCIAL = re.compile(r"(?<![\w.,-])\d{3}-\d{2}-\d{4}(?![\w-])")
_LONG = re.compile(r"(?<![\w.,])(?<!\d:)(?:[A-Z]{1,3}-?)?\d{7,}(?!\w|[.,]\d)")


def _keyed_numbers(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_KEYED, _NHS):
        yield from (match.span() for match in pattern.finditer(text))


def _bare_numbers(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _TEN_DIGITS.finditer(text) if _is_nhs(match[0]))
    for pattern in (_CIVIL, _SOCIAL, _LONG):
        yield from (match.span() for match in pattern.finditer(text))


def _is_nhs(text: str) -> bool:
    """The check digit of NHS and CHI numbers: weights 10 to 2, modulo 11."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    weighted = sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == digits[9]


# --- addresses

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@\w[\w-]*+(?:\.\w[\w-]*+)++")
_UID = re.compile(r"(?<![\w.])[0-2](?:\.\d++){5,}+(?![\w])")
_PHONE = re.compile(
    r"(?<![\w.,+])(?<!\d )(?:"
    r"(?:\+|00)[1-9]\d{0,2}(?:[ /.-]?\(?\d{1,5}\)?){2,6}|"  # +46 70 123 45 67
    r"\(?0\d{1,5}\)?(?:[ /-]{1,2}\d{2,8}){1,4}|"  # 020 7946 0958
    r"\(?[2-9]\d{2}\)?[ -]\d{3}-\d{4}"  # (415) 555-2671
    r")(?!\w|[.,]\d)"
)
_PHONE_WORD = re.compile(
    r"(?<!\w)(?i:tel|telephone|telefon|phone|mobile|mobil|handy|tlf|fax|bleep|pager|ext)(?!\w)[.:\s]{0,4}"
    r"(?i:(?:no|number|nr)[.:\s]{1,3})?\+?\d(?:[ /()-]{0,2}\d){3,14}(?!\w)"
)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        if 9 <= sum(map(str.isdigit, match[0])) <= 15:
            yield match.span()


# --- names

_WORD = r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*+(?:-[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_]))*+)*+"
_INITIALS = r"(?:[^\W\d_]\.[ -]?)"
_TITLED = re.compile(
    r"(?<![\w.-])(?:[Mm]rs?|Ms|Miss|Mx|[Dd]r|[Pp]rof|Professor|Doctor|Doktor|Herrn?|Frau|Nurse|Sir|Madame|Mme|Mlle|Monsieur|Señora?|"
    r"Sr|Sra|Dott|Dottor|Dottoressa|Signora?|Sig|Dhr|Mevr|Mevrouw|Meneer|Pan|Pani)\.?(?: (?:med|rer|nat|Dr|Prof)\.)* "
    rf"{_INITIALS}{{0,3}}(?:(?:von|van|de|der|den|del|di|da|af|zu) ){{0,2}}(?P<name>{_WORD})"
)
_PATIENT = re.compile(
    r"(?<!\w)(?i:patient(?:in)?|paciente|paziente|pasient(?:en)?)(?:['’]s)?(?: name)?(?: (?:is|was|named|called))*"
    rf"[:,]? (?:(?:Mr|Mrs|Ms|Herr|Frau)\.? )?(?P<name>{_INITIALS}{{0,2}}{_WORD}(?: {_WORD})?)"
)
_NAMED = re.compile(
    r"(?:(?<!\w)(?i:full |first |last |sur|fore|family |patient(?:['’]s)? )|(?m:^ *))(?i:name)(?: is)? ?[:=]? ?"
    rf"(?P<name>{_WORD}(?:, ?{_WORD})?)"
)
_CARET = re.compile(r"(?<!\w)[^\W\d_]{2,}\^[^\W\d_]+(?:\^[^\W\d_]+)*")  # SMITH^JOHN, as in a DICOM header
_PARTICLE = r"(?:(?:von|van|de|der|den|del|della|di|da|af|zu|ter|ten|bin|al|el|la) ){0,3}"
_PAIR = re.compile(rf"(?<![\w'’-])(?P<first>{_WORD}) (?:{_INITIALS}+ ?)?{_PARTICLE}(?=(?P<second>{_WORD}))")
_COMMA = re.compile(rf"(?<![\w'’-])(?P<first>{_WORD}), (?=(?P<second>{_WORD}))")
_TEAM = re.compile(r" ?(?:et al|&)")  # authors
_YEAR = re.compile(r" ?\((?:19|20)\d\d")
_ENDED = re.compile(r"\s*(?:$|\n|[(;|]|,? ?\d)")


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for match in _TITLED.finditer(text):
        if _capitalised(match["name"]):
            yield match.span()


def _names(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_PATIENT, _NAMED):
        for match in pattern.finditer(text):
            words = [word for word in re.split("[ ,]+", match["name"]) if not word.endswith(".")]
            if len(words) > 1 and (_is_given(words[0], words[1]) or _is_given(words[1], words[0])):
                yield match.span()
            elif words and _unknown(words[0]):
                second = len(words) > 1 and not _unknown(words[1])
                yield match.start(), match.end() - (len(words[1]) + 1 if second else 0)
    yield from (match.span() for match in _CARET.finditer(text))
    for match in _COMMA.finditer(text):
        first, second, end = match["first"], match["second"], match.end("second")
        if _TEAM.match(text, end):
            continue
        at_line_start = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip(" -*•")
        surname = _unknown(first) and _unknown(second) and at_line_start and _ENDED.match(text, end)
        if surname or _is_given(second, beside=first):
            yield match.start(), end
    for match in _PAIR.finditer(text):
        first, second, end = match["first"], match["second"], match.end("second")
        if _TEAM.match(text, end):
            continue
        verb = _begins(text, match.start()) and _verbal(first)
        unknown = _unknown(first) and _unknown(second) and not verb and not _YEAR.match(text, end)
        if unknown or _is_given(first, beside=second):
            yield match.start(), end


def _is_given(word: str, beside: str) -> bool:
    """A given name beside a capitalised word; also in capitals, JOHN SMITH, if the other is no word of the field."""
    if word.lower() not in GIVEN:
        return False
    shouted = word.isupper() and beside.isupper() and len(beside) > 2 and beside.lower() not in ORDINARY
    return shouted or (_capitalised(word) and _capitalised(beside))


_JOINED = re.compile(r"(?:\b(?:Mc|Mac|De|Di|La|Le|Van|Von|Fitz|[OD]['’])(?=[A-ZÀ-Þ]))|['’]s$|['’]")


def _capitalised(word: str) -> bool:
    """Written as a name is: Smith, O'Brien, McKay; not kidney, SPECT, MBq."""
    parts = _JOINED.sub("", word).split("-")
    return len(word) > 1 and all(part[:1].isupper() and part[1:].islower() for part in parts)


def _unknown(word: str) -> bool:
    """Capitalised, and no word of the field or of the language."""
    if not _capitalised(word):
        return False
    if word.lower() in GIVEN:
        return True
    bare = re.sub(r"['’]s$", "", word).lower()
    return not any(
        part in ORDINARY or part.removesuffix("s") in ORDINARY or part in MONTHS for part in [bare, *bare.split("-")]
    ) and not (len(bare) > 6 and bare.endswith(ENDINGS))


def _begins(text: str, start: int) -> bool:
    """Whether a word begins its sentence, where every word has a capital."""
    before = text[max(start - 3, 0) : start].rstrip(" \"'“„(*-•")
    return not before or before[-1] in ".!?:\n"


def _verbal(word: str) -> bool:
    """Using, Comparing, Fitted: common at the beginning of a sentence, and seldom a given name."""
    return len(word) > 5 and word.endswith(("ing", "ed", "ly"))


# What runs first takes its place in the text. The flag: does the rule also look at numbers that have a unit?
_RULES: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]], bool], ...] = (
    ("e-mail", lambda text: (match.span() for match in _MAIL.finditer(text)), True),
    ("DICOM UID", lambda text: (match.span() for match in _UID.finditer(text)), True),
    ("date of birth", _births, True),
    ("number", _keyed_numbers, True),
    ("date", _dates, False),
    ("phone", lambda text: (match.span() for match in _PHONE_WORD.finditer(text)), True),
    ("phone", _phones, False),
    ("number", _bare_numbers, False),
    ("title and name", _titled, True),
    ("name", _names, False),
)

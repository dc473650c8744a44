"""CAMEO's codes: each has its place in PLOVER by the published crosswalk, and is found however a file writes it."""

import json
import re

import pytest

from schemas import cameo
from schemas.plover import EVENT_MODES, EventType
from schemas.vocabularies import VOCABULARIES
from tests.published import DATA

CONTEXTS = set(
    "military intelligence executive legislative election political_institutions pro_democracy pro_autocracy economic legal "
    "reparations human_rights rights_freedoms repression human_security gender lgbt religion_ethnicity inequality diplomatic "
    "territory peacekeeping health asylum migration disasters natural_resource environment technology terrorism cbrn cyber "
    "misinformation crime corruption illegal_drugs trafficking humanitarian".split()
)
published = pytest.mark.skipif(not DATA.is_dir(), reason="the published data are not beside the checkout")


def test_every_mode_belongs_to_its_type_and_every_context_is_one() -> None:
    for code, coded in cameo.CODES.items():
        assert coded.event_mode is None or (coded.event_type and coded.event_mode in EVENT_MODES[coded.event_type]), (
            code
        )
        assert set(coded.contexts) <= CONTEXTS, code
        assert 0 < len(coded.words) <= 80, code


def test_every_deed_has_a_type_and_words_have_a_type_of_speech() -> None:
    speech = {EventType.AGREE, EventType.CONCEDE, EventType.SUPPORT, EventType.REQUEST, EventType.ACCUSE, EventType.REJECT, EventType.THREATEN}  # fmt: skip
    for code, coded in cameo.CODES.items():
        if cameo.is_spoken(code):
            assert coded.event_type is None or coded.event_type in speech, code
        else:
            assert coded.event_type is not None, code


@pytest.mark.parametrize(
    ("code", "spoken", "event_type", "mode"),
    [
        ("010", True, None, None),
        ("0256", True, "REQUEST", "yield"),
        ("036", True, "AGREE", None),
        ("041", False, "CONSULT", "phone"),
        ("043", False, "CONSULT", "visit"),
        ("051", True, "SUPPORT", None),
        ("057", False, "SUPPORT", None),
        ("085", False, "RETREAT", "ease"),
        ("0871", False, "RETREAT", "ceasefire"),
        ("090", False, "ACCUSE", "investigate"),
        ("1056", True, "REQUEST", "yield"),
        ("116", False, "SANCTION", "convict"),
        ("129", True, "REJECT", "yield"),
        ("1312", True, "THREATEN", "restrict"),
        ("163", False, "SANCTION", "restrict"),
        ("1952", False, "ASSAULT", "drone"),
    ],
)
def test_words_become_statements_and_deeds_events(
    code: str, spoken: bool, event_type: str | None, mode: str | None
) -> None:
    coded = cameo.CODES[code]
    assert (cameo.is_spoken(code), coded.event_type, coded.event_mode) == (spoken, event_type, mode)


@pytest.mark.parametrize(
    ("written", "root", "code"),
    [
        ("010", "01", "010"), ("10", "01", "010"), ("10", "1", "010"), ("10", "10", "100"), ("10", None, "010"),
        ("20", "02", "020"), ("20", "20", "200"), ("112", "11", "112"), ("112", None, "112"), ("874", None, "0874"),
        ("874", "8", "0874"), ("211", None, "0211"), ("190", None, "190"), ("03", "03", "030"), ("1399", None, "139"),
        ("1883", "18", "183"), ("13y", None, "130"), ("---", "14", "140"), ("---", None, None), ("999", None, None),
        ("", None, None), ("1", None, None), ("20420", "20", None), ("٠١٠", None, None),
    ],
)  # fmt: skip
def test_a_code_is_found_however_it_is_written(written: str, root: str | None, code: str | None) -> None:
    assert cameo.find(written, root) == code


def test_the_crosswalk_is_served() -> None:
    terms = {term.value: term for term in VOCABULARIES["cameo"].terms}
    assert set(terms) == set(cameo.CODES)
    assert terms["163"].crosswalk == {"kind": "event", "event_type": "SANCTION", "event_mode": "restrict"}
    assert terms["163"].is_ours
    assert not terms["0871"].is_ours


@published
def test_every_code_of_the_code_books_is_known() -> None:
    books = DATA / "gdelt_codebooks"
    lines = (books / "LOOKUP-CAMEO.eventcodes.txt").read_text(encoding="latin-1").splitlines()[1:]
    codes = {line.split("\t")[0] for line in lines}
    for name in ("cameo_codes.json", "cameo_goldstein.json"):
        codes |= set(json.loads((books / name).read_text(encoding="utf-8")))
    assert len(codes) > 300
    assert {code for code in codes if cameo.find(code) is None} == set()
    assert {code for code in codes if len(code) > 2 and code not in cameo.CODES} == set(cameo.ALSO)


@published
def test_the_table_is_the_published_crosswalk_but_for_what_is_marked_as_ours() -> None:
    text = (DATA / "cameo_plover" / "CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    differ, seen = set(), set()
    for line in text.splitlines():
        found = re.match(r"(\d{3,4}): *(\w+) *(?:, *([\w-]*) *)?(?:, *([\w; -]*?) *)?(?:#|$)", line)
        if found:
            code, event_type, mode, contexts = found.groups(default="")
            told = (event_type, mode or None, [one.strip() for one in contexts.split(";") if one.strip()])
            coded = cameo.CODES[code]
            ours = (
                coded.event_type,
                coded.event_mode,
                [one.replace("pro_democracy", "democracy") for one in coded.contexts],
            )
            seen.add(code)
            if told != ours:
                differ.add(code)
    assert len(seen) > 250
    assert differ == cameo.OURS & seen
    assert set(cameo.CODES) - seen == cameo.OURS - seen

"""Every closed list and the table that explains it say the same words."""

from enum import Enum

import pytest

from schemas import actions, confidence, counting, findings, plover, transfers, vocabularies
from schemas.vocabularies import EVENT_MODES, VOCABULARIES, EventMode, EventType, Stance, Term

LISTS: dict[str, type[Enum]] = {
    "kinds": vocabularies.Kind,
    "origin_rules": vocabularies.OriginRule,
    "conflict_reasons": vocabularies.ConflictReason,
    "duplicate_offers": vocabularies.DuplicateOffer,
    "duplicate_reasons": vocabularies.DuplicateReason,
    "duplicate_doubts": vocabularies.DuplicateDoubt,
    "actor_kinds": vocabularies.ActorKind,
    "stances": vocabularies.Stance,
    "condition_types": vocabularies.ConditionType,
    "coding_certainties": vocabularies.CodingCertainty,
    "attributions": vocabularies.Attribution,
    "date_bases": vocabularies.DateBasis,
    "participant_roles": vocabularies.ParticipantRole,
    "roles": vocabularies.Role,
    "citation_roles": vocabularies.CitationRole,
    "translation_by": vocabularies.TranslationBy,
    "channels": vocabularies.Channel,
    "statuses": vocabularies.Status,
    "event_types": vocabularies.EventType,
    "event_modes": vocabularies.EventMode,
    "reaction_types": vocabularies.ReactionType,
    "reliabilities": vocabularies.Reliability,
    "credibilities": vocabularies.Credibility,
    "confidence_scales": vocabularies.ConfidenceScale,
    "confidence_labels": vocabularies.ConfidenceLabel,
    "hedges": vocabularies.Hedge,
    "date_matches": vocabularies.DateMatch,
    "orders": vocabularies.Order,
    "key_roles": vocabularies.KeyRole,
    "change_actions": vocabularies.ChangeAction,
    "change_nouns": vocabularies.ChangeNoun,
    "intervals": counting.Interval,
    "count_of": counting.CountOf,
    "weights": counting.Weight,
    "inexact": counting.Inexact,
    "consistencies": counting.Consistency,
    "facets": counting.Facet,
    "conditions_changes": counting.ConditionsChange,
    "import_formats": transfers.ImportFormat,
    "import_states": transfers.ImportState,
    "on_error": transfers.OnError,
    "edited_rows": transfers.EditedRows,
}
WITHOUT_A_CLASS = {"wep", "dni", "coding_rules", "cameo"}


def term(name: str, value: str) -> Term:
    return next(term for term in VOCABULARIES[name].terms if term.value == value)


def crosswalk(name: str, value: str) -> dict[str, str | int | float | None]:
    found = term(name, value).crosswalk
    assert found is not None
    return found


def test_every_closed_list_is_published_and_nothing_else() -> None:
    assert set(VOCABULARIES) == set(LISTS) | WITHOUT_A_CLASS
    listed = {
        item
        for module in (vocabularies, actions, confidence, counting, findings, plover, transfers)
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Enum) and item.__module__ == module.__name__ and len(item)
    }
    assert listed == set(LISTS.values())


@pytest.mark.parametrize("name", LISTS)
def test_every_word_has_exactly_one_term_and_every_term_a_word(name: str) -> None:
    assert [term.value for term in VOCABULARIES[name].terms] == [str(word.value) for word in LISTS[name]]


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_term_is_explained_once_in_one_sentence(name: str) -> None:
    vocabulary = VOCABULARIES[name]
    assert vocabulary.name == name
    assert vocabulary.description.endswith(".")
    assert len({term.value for term in vocabulary.terms}) == len(vocabulary.terms)
    for word in vocabulary.terms:
        assert word.label, word
        assert word.definition.endswith("."), word
        assert word.is_ours or word.origin != "Demarche", word


@pytest.mark.parametrize("name", LISTS)
def test_every_list_says_what_it_is(name: str) -> None:
    assert LISTS[name].__doc__


def test_stances_score_from_two_to_minus_two_and_no_position_has_no_score() -> None:
    scores = {stance.value: stance.score for stance in Stance}
    assert scores == {
        "strongly_supports": 2,
        "supports": 1,
        "neutral": 0,
        "opposes": -1,
        "strongly_opposes": -2,
        "no_position": None,
        "unclear": None,
    }
    assert {word.value: word.score for word in VOCABULARIES["stances"].terms} == scores


def test_there_are_sixteen_types_in_four_quads() -> None:
    quads: dict[object, set[str]] = {}
    for word in EventType:
        quads.setdefault(crosswalk("event_types", word.value)["quad"], set()).add(word.value)
    assert quads == {
        1: {"AGREE", "CONSULT", "SUPPORT", "CONCEDE"},
        2: {"COOPERATE", "AID", "RETREAT"},
        3: {"REQUEST", "ACCUSE", "REJECT", "THREATEN"},
        4: {"PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"},
    }


def test_every_mode_belongs_to_a_type_and_every_type_says_its_modes() -> None:
    assert set(EVENT_MODES) == set(EventType)
    assert {mode for modes in EVENT_MODES.values() for mode in modes} == {mode.value for mode in EventMode}
    assert EVENT_MODES[EventType.REQUEST] == ("assist", "change", "yield", "meet")
    assert EVENT_MODES[EventType.AGREE] == ()


def test_a_mode_of_several_types_has_its_score_under_each_and_none_alone() -> None:
    assert term("event_modes", "withdraw").score is None
    assert crosswalk("event_modes", "withdraw") == {"RETREAT": 8, "SANCTION": -6}
    assert term("event_modes", "ceasefire").score == 7.5
    assert term("event_modes", "vandalize").score is None
    assert crosswalk("event_modes", "vandalize") == {"PROTEST": None}


def test_what_plover_does_not_say_is_marked_as_ours() -> None:
    ours = {name: {w.value for w in VOCABULARIES[name].terms if w.is_ours} for name in ("event_types", "event_modes")}
    assert ours == {"event_types": {"ACCUSE", "SANCTION"}, "event_modes": {"restrict", "ease"}}
    assert term("event_types", "ACCUSE").score == -3
    assert "restrict" in EVENT_MODES[EventType.SANCTION]
    assert "ease" in EVENT_MODES[EventType.RETREAT]
    assert all(rule.is_ours for rule in VOCABULARIES["coding_rules"].terms)


def test_every_coding_rule_names_a_type_and_a_mode_that_exist() -> None:
    for name, _, kind, event_type, mode in plover.OUR_RULES:
        assert crosswalk("coding_rules", name) == {"kind": kind, "event_type": event_type, "event_mode": mode}
        assert kind in (None, *vocabularies.Kind)
        assert event_type in (None, *EventType)
        assert mode is None or (event_type is not None and mode in EVENT_MODES[EventType(event_type)])


def test_what_cannot_be_judged_has_no_number_of_ours_and_misps_only_as_misps() -> None:
    for name, value in (("reliabilities", "F"), ("credibilities", "6")):
        assert term(name, value).score is None
        assert crosswalk(name, value) == {"misp": 50, "stix": None}
    assert [word.score for word in VOCABULARIES["credibilities"].terms] == [90, 70, 50, 30, 10, None]
    assert {word.score for word in VOCABULARIES["reliabilities"].terms} == {None}
    assert crosswalk("credibilities", "2") == {"misp": 75, "stix": 70}


def test_confidence_labels_show_their_stix_ranges() -> None:
    words = [word.value for word in VOCABULARIES["confidence_labels"].terms]
    ranges = [(word, *crosswalk("confidence_labels", word).values()) for word in words]
    assert ranges == [("none", 0, 0, 0), ("low", 15, 1, 29), ("medium", 50, 30, 69), ("high", 85, 70, 100)]


def test_a_hedge_is_a_word_of_wep_or_of_dni() -> None:
    words = {word.value for name in ("wep", "dni") for word in VOCABULARIES[name].terms}
    assert words == {word.value for word in vocabularies.Hedge}
    assert crosswalk("hedges", "almost_certain") == {"wep": 90, "dni": 95}
    assert crosswalk("hedges", "even_chance") == {"wep": 50, "dni": None}
    assert crosswalk("dni", "remote")["icd_203_to"] == 5


def test_every_field_of_a_term_is_described_with_an_example() -> None:
    for model in (vocabularies.Term, vocabularies.Vocabulary):
        for name, field in model.model_json_schema()["properties"].items():
            assert field["description"], name
            assert field["examples"], name

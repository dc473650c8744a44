"""Some records in six languages, and what becomes of them: edits, renames, deletions; the past stays as it was."""

from dataclasses import dataclass
from typing import Any

from tests import desk
from tests.expect import Api
from tests.factories import event, statement

Json = dict[str, Any]

NAMES: dict[str, list[str]] = {
    "nato": ["NATO", "North Atlantic Treaty Organization", "Организация Североатлантического договора", "OTAN"],
    "turkiye": ["Türkiye", "Turkey", "Туреччина", "La Turquie"],
    "united-nations": ["United Nations", "Организация Объединённых Наций", "ООН", "Vereinte Nationen"],
    "black-sea-region": ["Black Sea region", "Причорномор'я", "Чёрное море", "Karadeniz bölgesi"],
}
RECORDS: list[Json] = [
    statement(actor="nato", title="Calls for a cease-fire before winter", summary="A ceasefire should come first, then talks.",
              quote="Прекращение огня должно быть первым шагом.", language="ru", translation="The end of fire must be the first step."),
    statement(actor="turkiye", title="Offers Istanbul as a place for talks", quote="İstanbul'da görüşmeler yapılabilir. IŞIK ve ışık.",
              language="tr", translation="Talks can be held in Istanbul.", date="2025-03-14"),
    statement(actor="united-nations", title="Demande l'accord de toutes les parties", date="2025-03-15",
              quote="L'accord doit être respecté ; l’été, la trêve. Œuvre commune.", language="fr", summary="An accord before summer."),
    statement(actor="united-nations", on_behalf_of="nato", title="Grain corridor", date="2025-03-16", language="de",
              quote="Die Straße ist groß, die Größe der Maßnahme unklar.", summary="A street, and a measure: 1,000 tonnes in 2025."),
    statement(actor="turkiye", title="Про п'ять коридорів", date="2025-03-17", language="uk",
              quote="П’ять коридорів для зерна, ще п\u02bcять пізніше. Її об’єм великий.", translation="Five corridors for grain, five more later."),
    statement(actor="nato", title="Ещё раз о мире", date="2025-03-18", quote="Все ёлки зелёные, и еще раз: мир, мой мир.", language="ru",
              participants=[{"actor": "black-sea-region", "role": "target"}]),
    event(actor="turkiye", title="Hosts a meeting on the grain corridor", summary="Meeting; no talks on a truce <b>today</b> & later.",
          participants=[{"actor": "united-nations", "role": "host"}]),
    event(actor="united-nations", title="Counts the tonnes", date="2025-03-19", summary="1 000 tonnes, not 1,001. Re-counted."),
]  # fmt: skip
DRAFT = statement(actor="nato", title="A ceasefire that nobody knows of yet", status="draft")
# Words that a query may be made of: each stands somewhere, or nearly.
VOCABULARY = (
    "cease fire ceasefire cease-fire talks огня ОГНЯ мир мой мои елки ёлки еще ещё istanbul İstanbul ISTANBUL ışık isik görüşmeler "
    "accord l'accord L’ACCORD été ete trêve straße STRASSE grosse größe maßnahme п'ять П’ЯТЬ ять її об'єм коридор коридоров grain corridor "
    "1,000 1000 2025 tonnes nato НАТО otan turkey türkiye TURKIYE организация объединенных море чорне black sea step first шагом œuvre oeuvre "
    "truce meeting nobody region karadeniz договора turquie vereinte nationen b today re-counted the"
).split()


@dataclass(frozen=True)
class Moment:
    """What stood at an instant: the records that anyone may see by id, and the names."""

    as_of: str | None
    records: dict[str, Json]
    names: dict[str, list[str]]


def write(api: Api) -> list[Moment]:
    """Record all of it, change some of it; answers what stood after each step, the last of it now."""
    desk.nouns(api)
    for slug, (name, *aliases) in NAMES.items():
        desk.post(api, "/v1/actors", {"slug": slug, "kind": "alliance", "name": name, "aliases": aliases})
    records: dict[str, Json] = {}
    for body in RECORDS:
        noun = "events" if body.get("event_type") else "statements"
        records[f"/v1/{noun}/{desk.post(api, f'/v1/{noun}', body)['id']}"] = body
    desk.post(api, "/v1/statements", DRAFT)
    names = dict(NAMES)
    moments = [_moment(api, records, names)]

    first, second, *_, last = records
    changed = {"title": "Wants no truce at all", "quote": "Größe zählt. Мир."}
    assert api.patch(first, changed).status_code == 200
    records[first] = {**records[first], **changed}
    moments.append(_moment(api, records, names))

    for slug, name in (("nato", "The Atlantic alliance"), ("turkiye", "Republic of the straits")):
        assert (
            api.patch(
                f"/v1/actors/{slug}", {"name": name, "aliases": ["Corridor ÉTÉ", "NATO"][: len(slug) % 3]}
            ).status_code
            == 200
        )
        names[slug] = [name, *["Corridor ÉTÉ", "NATO"][: len(slug) % 3]]
    moments.append(_moment(api, records, names))

    assert api.drop(second).status_code == 204
    del records[second]
    assert api.patch(last, {"status": "withdrawn"}).status_code == 200
    del records[last]
    moments.append(_moment(api, records, names))
    return [*moments, Moment(None, moments[-1].records, moments[-1].names)]


def _moment(api: Api, records: dict[str, Json], names: dict[str, list[str]]) -> Moment:
    newest = api.get("/v1/changes", params={"limit": 500})["items"][-1]["recorded_at"]
    return Moment(newest, {desk.uid(path): body for path, body in records.items()}, dict(names))

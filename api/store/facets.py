"""Facets: records counted by actor, topic, source and so on, each without its own filter, all by the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.store import dialects, periods, stances
from api.store.chosen import Chosen, chosen
from api.store.conditions import Conditions, conditions
from api.store.directory import Directory
from api.store.periods import LAST_DAY
from api.store.scopes import EVERYBODY, Scope, roles_of, scope
from api.store.sessions import Reading
from schemas.confidence import BANDS, ConfidenceScale
from schemas.counting import Facet, Interval
from schemas.facets import FacetFilter
from schemas.records import KIND_CODES, STATUS_CODES, position_mask
from schemas.vocabularies import Role, Stance, Status
from schemas.words import readable

# What a facet is counted without.
OWN: Mapping[Facet, tuple[str, ...]] = {
    Facet.ACTOR: ("actor", "affiliates", "role"), Facet.BLOC: ("actor", "affiliates", "role"), Facet.TOPIC: ("topic",), Facet.STANCE: ("stance",),
    Facet.KIND: ("kind",), Facet.EVENT_TYPE: ("event_type",), Facet.SOURCE: ("source",), Facet.RELIABILITY: ("min_reliability",),
    Facet.COUNTRY: ("country",), Facet.LANGUAGE: ("language",), Facet.STATUS: ("status",), Facet.CONFIDENCE: ("min_confidence",),
    Facet.YEAR: ("from_", "to"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Count:
    """What one facet is counted over."""

    reading: Reading
    directory: Directory
    filters: FacetFilter
    whose: Scope
    found: Conditions
    role: Role  # asked of the actors, also where they are left out

    def rows(self, columns: str, each_actor: bool = False) -> Chosen:
        """All that is chosen; a record may stand in it several times."""
        branches = [(topic, topic, 1, 0) for topic in self.found.topics]
        return chosen(self.reading, self.whose, self.found, columns, branches or None, each_actor)

    def ask(self, rows: Chosen, sql: str, *more: str, **values: Any) -> list[tuple[Any, ...]]:
        """A question about the rows, which are `chosen` in it and in what `more` is to stand behind WITH."""
        before = ", ".join([*rows.ctes, f"chosen AS ({rows.rows})", *more])
        return self.reading.rows(f"WITH {before} {sql}", {**rows.values, **values})

    def by(self, value: str, columns: str = "", join: str = "", each_actor: bool = False) -> list[tuple[Any, int]]:
        """How many records have each value."""
        rows = self.rows(f"i.id, i.seq{columns}", each_actor)
        return [
            (row[0], row[1])
            for row in self.ask(rows, f"SELECT {value}, count(DISTINCT i.id) FROM chosen i {join} GROUP BY 1")
        ]


def facets(reading: Reading, directory: Directory, filters: FacetFilter) -> dict[str, Any]:
    """The totals, the facets asked for, and the histogram where an interval was given.

    Raises Problem `invalid` with all faults, or where the histogram would be too long; `group-too-large`.
    """
    whole = _count(reading, directory, filters, filters.role)
    kinds = dict(whole.by("i.kind", ", i.kind"))
    total = {f"{kind}s": kinds.get(code, 0) for kind, code in KIND_CODES.items()}
    counted = []
    for facet in dict.fromkeys(filters.facet):
        given: dict[str, Any] = {
            name: type(filters).model_fields[name].get_default(call_default_factory=True) for name in OWN[facet]
        }
        if facet is Facet.STATUS:
            given = {"status": list(Status)}  # the default is a choice too
        is_open = all(getattr(filters, name) == value for name, value in given.items())
        without = whole if is_open else _count(reading, directory, filters.model_copy(update=given), filters.role)
        values = _FACETS[facet](without)
        # Those that have an order of their own keep it.
        kept = {one["value"] for one in _commonest(values)[: filters.top]}
        shown = [one for one in values if one["value"] in kept]
        counted.append({"facet": facet, "values": shown, "more": len(values) > filters.top})
    histogram = _histogram(whole, filters.interval) if filters.interval else None
    return {"total": {"records": sum(total.values()), **total}, "facets": counted, "histogram": histogram}


def _count(reading: Reading, directory: Directory, filters: FacetFilter, role: Role | None) -> _Count:
    found = conditions(reading, directory, filters, KIND_CODES[filters.kind] if filters.kind else None)
    whose = scope(reading, directory, filters, None, found)
    return _Count(reading, directory, filters, whose, found, role or Role.AGENT)


def _value(value: str | None, label: str | None, n: int) -> dict[str, Any]:
    return {"value": value, "label": label, "n": n}


def _commonest(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(values, key=lambda one: (-one["n"], one["value"] is None, one["value"]))


def _of_noun(count: _Count, noun: str, found: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    shown = [(count.directory.shown_as(noun, identity), n) for identity, n in found]
    return _commonest([_value(one.slug, one.name, n) for one, n in shown])


def _actors(count: _Count) -> list[dict[str, Any]]:
    each = replace(count, whose=Scope([EVERYBODY], roles_of(count.role)))
    return _of_noun(count, "actor", each.by("i.actor", ", i.actor", each_actor=True))


def _blocs(count: _Count) -> list[dict[str, Any]]:
    found = []
    for bloc in count.directory.blocs:
        stays = count.directory.affiliates([bloc], count.found.since, count.found.until)
        one = replace(count, whose=Scope(stays, roles_of(count.role)))
        [(_, n)] = one.by("0 AS bloc") or [(0, 0)]
        found += [(bloc, n)] if n else []
    return _of_noun(count, "actor", found)


def _topics(count: _Count) -> list[dict[str, Any]]:
    every = [
        branch
        for topic in sorted(count.directory.identities["topic"].values())
        for branch in count.directory.branches(topic)
    ]
    rows = chosen(count.reading, count.whose, count.found, "b.shown, i.id", every)
    return _of_noun(
        count,
        "topic",
        [(row[0], row[1]) for row in count.ask(rows, "SELECT shown, count(DISTINCT id) FROM chosen GROUP BY 1")],
    )


def _stances(count: _Count) -> list[dict[str, Any]]:
    masks = [(code, position_mask([stance], count.filters.condition_type)) for code, stance in enumerate(Stance)]
    rows = count.rows("i.id, i.positions")
    columns = ("code", "mask")
    given = dialects.tabled(count.reading.dialect, columns, "s", masks)
    sql = "SELECT s.code, count(DISTINCT i.id) FROM chosen i JOIN s ON (i.positions & s.mask) <> 0 GROUP BY s.code"
    found = dict(count.ask(rows, sql, dialects.given(count.reading.dialect, "s", columns), **given))
    return [_value(stance, stance.label, found[code]) for code, stance in enumerate(Stance) if code in found]


def _kinds(count: _Count) -> list[dict[str, Any]]:
    words = {code: kind for kind, code in KIND_CODES.items()}
    return _commonest([_value(words[code], words[code].label, n) for code, n in count.by("i.kind", ", i.kind")])


def _statuses(count: _Count) -> list[dict[str, Any]]:
    words = {code: status for status, code in STATUS_CODES.items()}
    return _commonest([_value(words[code], words[code].label, n) for code, n in count.by("i.status", ", i.status")])


def _sources(count: _Count) -> list[dict[str, Any]]:
    return _of_noun(count, "source", count.by("c.source_id", join="JOIN record_citation c ON c.seq = i.seq"))


def _reliabilities(count: _Count) -> list[dict[str, Any]]:
    best = """JOIN (SELECT c.seq, min(coalesce(c.reliability, s.reliability)) AS grade FROM (SELECT DISTINCT seq FROM chosen) o
        JOIN record_citation c ON c.seq = o.seq
        JOIN source_version s ON s.source_id = c.source_id AND s.superseded_seq IS NULL GROUP BY c.seq) g ON g.seq = i.seq"""
    found = count.by("g.grade", join=best)
    return [_value(grade, grade, n) for grade, n in sorted(found, key=lambda one: one[0] or "Z")]


def _of_version(column: str, is_worded: bool = False) -> Callable[[_Count], list[dict[str, Any]]]:
    def values(count: _Count) -> list[dict[str, Any]]:
        found = count.by(f"v.{column}", join="JOIN record_version v ON v.seq = i.seq")
        return _commonest([_value(one, readable(one) if is_worded and one else one, n) for one, n in found])

    return values


def _confidences(count: _Count) -> list[dict[str, Any]]:
    bands = BANDS[ConfidenceScale.NONE_LOW_MED_HIGH]
    cases = " ".join(f"WHEN i.confidence BETWEEN {band.low} AND {band.high} THEN {n}" for n, band in enumerate(bands))
    found = dict(count.by(f"CASE {cases} END", ", i.confidence"))
    labelled = [(n, band.words[0]) for n, band in enumerate(bands)]
    return [_value(word, readable(word), found[n]) for n, word in labelled if n in found] + [
        _value(None, None, n) for n in [found.get(None, 0)] if n
    ]


def _years(count: _Count) -> list[dict[str, Any]]:
    return [_value(bar["period"], bar["period"], bar["n"]) for bar in _histogram(count, Interval.YEAR) if bar["n"]]


_FACETS: Mapping[Facet, Callable[[_Count], list[dict[str, Any]]]] = {
    Facet.ACTOR: _actors, Facet.BLOC: _blocs, Facet.TOPIC: _topics, Facet.STANCE: _stances, Facet.KIND: _kinds,
    Facet.EVENT_TYPE: _of_version("event_type", is_worded=True), Facet.SOURCE: _sources, Facet.RELIABILITY: _reliabilities,
    Facet.COUNTRY: _of_version("country"), Facet.LANGUAGE: _of_version("language"), Facet.STATUS: _statuses,
    Facet.CONFIDENCE: _confidences, Facet.YEAR: _years,
}  # fmt: skip


def _histogram(count: _Count, interval: Interval) -> list[dict[str, Any]]:
    """How many records may fall in each period, by what `date_match` says."""
    reading, filters = count.reading, count.filters
    rows = count.rows(f"i.id, {stances.DAYS}")
    days = "day AS MATERIALIZED (SELECT first_day, last_day, count(DISTINCT id) AS n FROM chosen GROUP BY first_day, last_day)"
    today = periods.day_of(filters.as_of or reading.clock())
    extent = f"""SELECT min(CASE WHEN first_day > 0 THEN first_day ELSE last_day END),
        max(CASE WHEN last_day < {LAST_DAY} THEN last_day ELSE first_day END), max(last_day) FROM chosen"""
    range_ = periods.shown(filters.from_, filters.to, lambda: count.ask(rows, extent)[0], today)
    bars = stances.shown_periods(interval, range_)
    columns = ("number", "first_day", "last_day")
    given = dialects.tabled(reading.dialect, columns, "p", [(one.number, one.first, one.last) for one in bars])
    first, last = (bars[0].first, bars[-1].last) if bars else (0, 0)
    sql = f"""SELECT p.number, sum(d.n) FROM p JOIN (SELECT first_day, n,
            CASE WHEN last_day < {LAST_DAY} THEN last_day WHEN first_day > :open_end THEN first_day ELSE :open_end END AS last_day FROM day) d
        ON d.first_day <= p.last_day AND d.last_day >= p.first_day GROUP BY p.number"""
    shown = dialects.given(reading.dialect, "p", columns)
    found = dict(count.ask(rows, sql, days, shown, **given, open_end=max(min(last, today), first)))
    return [
        {**periods.shown_as(one), "n": int(found.get(one.number, 0))}
        for one in bars
    ]  # fmt: skip

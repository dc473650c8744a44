"""Any sequence of writes against a plain model that keeps every past state: as of any instant, the answers are the model's."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from api.database import Database
from api.settings import Settings
from api.store import audits
from api.store.answered import revisions as compare_answers
from schemas import dates
from tests.desk import holder, link, post, restore, said, uid
from tests.expect import Api
from tests.factories import world
from tests.test_moments import now

DAYS = st.sampled_from(["2025-01", "2025-01-15", "2025-02-03/2025-02-05", "2025-03-13"])
WORDS = st.sampled_from(["One", "Two", "Three"])
MOST_MOMENTS_CHECKED = 6
MOST_RECORDS = 4  # so that the same ones are deleted and come back again and again

Model = dict[str, Any]


class Writes(RuleBasedStateMachine):
    """A desk of one actor of its own, so that what an earlier run has left does not count."""

    api: Api
    admin: Api
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        Writes.runs += 1
        self.actor = f"speaker-{Writes.runs}"
        # `apart`: links that went with a deleted end, and come back once both ends stand.
        self.model: Model = {"name": "Speaker", "records": {}, "links": {}, "apart": {}}
        self.versions: dict[str, list[dict[str, str] | None]] = {}  # of each record; None is a tombstone
        self.past: list[tuple[str, Model]] = []
        self.purged: list[str] = []
        self.erased: set[tuple[str, int]] = set()  # old versions of what was left standing
        post(self.api, "/v1/actors", {"slug": self.actor, "kind": "person", "name": "Speaker"})
        self.remember()
        for _ in range(2):  # else most of the writes have nothing to do
            self.create("2025-01-15", "One")
        self.link(*self.versions)

    def remember(self) -> None:
        """Keep the state with the instant from which on it holds."""
        self.past.append((now(self.api), deepcopy(self.model)))

    def standing(self) -> list[str]:
        return list(self.model["records"])

    def stand(self, path: str, said: dict[str, str]) -> None:
        """A record stands as it was said, in a new version unless it stood so before."""
        versions = self.versions.setdefault(path, [])
        if not versions or versions[-1] != said:
            versions.append(said)
        self.model["records"][path] = {**said, "version": len(versions)}

    def kept(self, path: str) -> list[int]:
        """The versions that say something, and still do."""
        return [at for at, one in enumerate(self.versions[path], 1) if one and (path, at) not in self.erased]

    def amended(self) -> list[str]:
        """What stands, and has an old version to erase."""
        return [path for path in self.standing() if len(self.kept(path)) > 1]

    @precondition(lambda self: len(self.versions) < MOST_RECORDS)
    @rule(date=DAYS, title=WORDS)
    def create(self, date: str, title: str) -> None:
        path = said(self.api, actor=self.actor, date=date, title=title)
        self.stand(path, {"date": date, "title": title, "status": "published"})
        self.remember()

    @precondition(lambda self: self.standing())
    @rule(data=st.data(), date=DAYS, title=WORDS, status=st.sampled_from(["published", "under_review", "withdrawn"]))
    def amend(self, data: st.DataObject, date: str, title: str, status: str) -> None:
        path = data.draw(st.sampled_from(self.standing()))
        assert self.api.patch(path, {"date": date, "title": title, "status": status}).status_code in (200, 409)
        stands = self.api.get(path)
        self.stand(path, {name: stands[name] for name in ("date", "title", "status")})
        self.remember()

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(self.standing()))
        assert self.api.drop(path).status_code == 204
        del self.model["records"][path]
        self.versions[path].append(None)
        links = self.model["links"]
        self.model["apart"] |= {key: ends for key, ends in links.items() if path in ends}
        self.model["links"] = {key: ends for key, ends in links.items() if path not in ends}
        self.remember()

    @precondition(lambda self: any(versions[-1] is None for versions in self.versions.values()))
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        """Every past state forgets the record, and what linked it."""
        path = data.draw(st.sampled_from([path for path, versions in self.versions.items() if versions[-1] is None]))
        body, headers = {"path": path, "reason": "A request"}, {"If-Match": self.admin.tag(path)}
        assert self.admin.send("POST", "/v1/purges", json=body, headers=headers).status_code == 200
        del self.versions[path]
        self.purged.append(path)
        for state in (self.model, *(state for _, state in self.past)):
            forget(state, path)
        self.remember()

    @precondition(lambda self: self.amended())
    @rule(data=st.data())
    def purge_old_versions(self, data: st.DataObject) -> None:
        """Past states in which one of them stood forget the record; it stands today as before."""
        path = data.draw(st.sampled_from(self.amended()))
        chosen = data.draw(st.lists(st.sampled_from(self.kept(path)[:-1]), min_size=1, unique=True))
        body, headers = {"path": path, "versions": chosen, "reason": "A request"}, {"If-Match": self.admin.tag(path)}
        answer = self.admin.send("POST", "/v1/purges", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        tombstones = [number + 1 for number in chosen if self.versions[path][number] is None]
        assert answer.json()["versions"] == sorted(chosen + tombstones)
        self.erased |= {(path, number) for number in chosen}
        for _, state in self.past:
            if state["records"].get(path, {}).get("version") in chosen:
                forget(state, path)
        self.remember()

    @precondition(lambda self: self.versions)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        deleted = [path for path, versions in self.versions.items() if versions[-1] is None]
        path = data.draw(st.sampled_from(deleted or list(self.versions)) | st.sampled_from(list(self.versions)))
        versions = self.versions[path]
        number = data.draw(st.sampled_from(self.kept(path)))
        said_then = versions[number - 1]
        assert said_then
        after = deepcopy(self.model)
        after["records"][path] = said_then
        back = {key: ends for key, ends in after["apart"].items() if set(ends) <= set(after["records"])}
        after["links"] |= back
        after["apart"] = {key: ends for key, ends in after["apart"].items() if key not in back}
        answer = restore(self.api, path, number)
        assert answer.status_code == (200 if is_possible(after) else 409), answer.text
        if answer.status_code == 200:
            self.model, is_new = after, versions[-1] != said_then
            self.stand(path, said_then)
            if is_new:
                assert self.api.get(f"{path}/history?limit=1")["items"][0]["restored_from"] == number
            assert answer.json()["version"] == len(versions)
        self.remember()

    @rule(name=WORDS)
    def rename(self, name: str) -> None:
        assert self.api.patch(f"/v1/actors/{self.actor}", {"name": name}).status_code == 200
        self.model["name"] = name
        self.remember()

    @precondition(lambda self: len(self.standing()) > 1)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        self.link(*data.draw(st.permutations(self.standing()))[:2])

    def link(self, answer: str, answered: str) -> None:
        body = {"from": uid(answer), "to": uid(answered), "type": "clarifies"}
        made = self.api.send("POST", "/v1/reactions", json=body)
        assert made.status_code in (201, 409)
        if made.status_code == 201:
            self.model["links"][f"/v1/reactions/{made.json()['id']}"] = (answer, answered)
        self.remember()

    @precondition(lambda self: self.model["links"])
    @rule(data=st.data())
    def unlink(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.model["links"])))
        assert self.api.drop(path).status_code == 204
        del self.model["links"][path]
        self.remember()

    @invariant()
    def the_present_is_the_model(self) -> None:
        self.compare({}, self.model)

    def teardown(self) -> None:
        """Look at moments spread over all that was written, in steps that reach the first and the last."""
        step = max(1, len(self.past) // MOST_MOMENTS_CHECKED)
        for instant, model in [*self.past[::step], self.past[-1]]:
            self.compare({"as_of": instant}, model)

    def compare(self, asked: dict[str, str], model: Model) -> None:
        """Hold the timeline, every record and the links against the model."""
        ever = {path for _, state in self.past for path in state["records"]}
        shown = {path: one for path, one in model["records"].items() if one["status"] != "withdrawn"}
        found = list(self.api.walk("/v1/timeline", limit=3, actor=self.actor, **asked))
        assert len(found) == len(shown)
        assert {f"/v1/statements/{item['id']}": item["title"] for item in found} == {
            path: one["title"] for path, one in shown.items()
        }
        assert {item["actor"]["name"] for item in found} <= {model["name"]}
        assert [item["date_earliest"] for item in found] == sorted(
            (dates.parse(one["date"]).date_earliest or "" for one in shown.values()), reverse=True
        )
        if model["records"]:
            of_any: Model = {"record": [uid(path) for path in model["records"]], **asked}
            linked = self.api.walk("/v1/reactions", **of_any)
            assert {f"/v1/reactions/{one['id']}" for one in linked} == set(model["links"])
        clarified: dict[str, set[str]] = {}
        for answer, answered in model["links"].values():
            if answer in shown:
                clarified.setdefault(answered, set()).add(uid(answer))
        for path in self.purged:
            # Before it was made there is nothing to be gone.
            assert self.api.send("GET", path, params=asked).json()["code"] in ("purged", "not-found")
        for path in ever:
            response = self.api.send("GET", path, params=asked)
            if path not in model["records"]:
                assert response.status_code in (404, 410)
                continue
            body = response.json()
            assert {name: body[name] for name in model["records"][path]} == model["records"][path]
            assert set(body["clarified_by"]) == clarified.get(path, set())


def forget(state: Model, path: str) -> None:
    """As if the record had not been there, nor what linked it."""
    state["records"].pop(path, None)
    for links in (state["links"], state["apart"]):
        for key in [key for key, ends in links.items() if path in ends]:
            del links[key]


def is_possible(model: Model) -> bool:
    """Whether no answer certainly precedes what it answers, and none leads back to itself."""
    answers: dict[str, set[str]] = {}
    for answer, answered in model["links"].values():
        spans = [dates.parse(model["records"][path]["date"]) for path in (answer, answered)]
        if spans[0].latest < spans[1].earliest:
            return False
        answers.setdefault(answer, set()).add(answered)
    while ends := {answer for answer, on_to in answers.items() if not on_to & set(answers)}:
        answers = {answer: on_to for answer, on_to in answers.items() if answer not in ends}
    return not answers


def test_any_writes_leave_every_past_state_to_be_read(api: Api, settings: Settings) -> None:
    world(api)
    link(api, said(api), said(api))  # of others, who are not to be seen here
    Writes.api, Writes.admin = api, holder(api, settings, "admin")
    run_state_machine_as_test(
        Writes,
        settings=profile(
            max_examples=16,
            phases=[Phase.generate],
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Whatever was written has its fingerprint, and is answered and listed as it is stored.
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as reading:
        last = audits.extent(reading)
        for check in (audits.revisions, compare_answers):
            assert check(reading, 1, last).faults == []

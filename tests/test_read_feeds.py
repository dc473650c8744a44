"""Feeds in: Atom, RSS and JSON Feed, each entry a draft for review; nothing is fetched and nothing expands."""

import json
import socket
from typing import Any

import pytest

from api.formats.readers import feed_xml, feeds
from schemas.transfers import Reject, Row
from tests.read import Json, Read, of, only, read, refusal, told

ITEM = (
    "<item><title>Offers a truce</title><link>https://www.example.org/a</link><guid isPermaLink='false'>id-1</guid>"
    "<pubDate>Tue, 11 Mar 2025 17:00:00 +0300</pubDate><description>Words.</description></item>"
)
ENTRY = (
    "<entry><id>id-1</id><title>Offers a truce</title><link href='https://www.example.org/a'/>"
    "<published>2025-03-11T14:00:00Z</published><updated>2025-03-12T14:00:00Z</updated><summary>Words.</summary></entry>"
)


def rss(*items: str, more: str = "", head: str = "") -> bytes:
    return f"{head}<rss version='2.0'><channel><title>Ministry of Examples</title><link>https://www.example.org/</link>{more}{''.join(items)}</channel></rss>".encode()


def atom(*entries: str) -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Ministry of Examples</title><link href='https://www.example.org/'/>{''.join(entries)}</feed>".encode()


def rdf(*items: str) -> bytes:
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel rdf:about='https://www.example.org/'><title>Ministry of Examples</title><link>https://www.example.org/</link></channel>{''.join(items)}</rdf:RDF>"
    ).encode()


def json_feed(*items: Any, **more: Any) -> bytes:
    told_of = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ministry of Examples",
        "home_page_url": "https://www.example.org/",
    }
    return json.dumps(told_of | more | {"items": [*items]}).encode()


JSON_ITEM: Json = {"id": "id-1", "title": "Offers a truce", "url": "https://www.example.org/a", "content_text": "Words.", "date_published": "2025-03-11T17:00:00.5+03:00"}  # fmt: skip
RDF_ITEM = (
    "<item rdf:about='id-1'><title>Offers a truce</title><link>https://www.example.org/a</link><description>Words.</description>"
    "<dc:date>2025-03-11T14:00:00Z</dc:date></item>"
)


def item(title: str = "A", date: str = "<pubDate>Tue, 11 Mar 2025 14:00:00 GMT</pubDate>", more: str = "") -> str:
    return f"<item><title>{title}</title><link>https://www.example.org/a</link>{date}{more}</item>"


def one(*items: str, **more: str) -> Row:
    return only(read(feeds.read, rss(*items, **more)), Row)


@pytest.mark.parametrize(
    "content", [rss(ITEM), atom(ENTRY), rdf(RDF_ITEM), json_feed(JSON_ITEM)], ids=["rss", "atom", "rdf", "json"]
)
def test_an_entry_is_a_draft_that_codes_nothing(content: bytes) -> None:
    row = only(read(feeds.read, content), Row)
    assert row.noun == "statement"
    assert row.body == {
        "date": "2025-03-11T14:00:00Z", "date_basis": "published", "title": "Offers a truce", "summary": "Words.",
        "actor": "ministry-of-examples", "topics": [{"topic": "uncoded", "stance": "no_position", "coding_certainty": "low"}],
        "confidence": None, "rationale": "From a feed, not coded.", "status": "draft", "external_source": "example.org", "external_id": "id-1",
        "citations": [{"source": "example-org", "url": "https://www.example.org/a", "published_at": "2025-03-11T14:00:00Z"}],
    }  # fmt: skip
    assert {need.body["slug"]: need.body["name"] for need in row.needs} == {
        "ministry-of-examples": "Ministry of Examples", "uncoded": "To be coded", "example-org": "Ministry of Examples",
    }  # fmt: skip


def test_an_entry_has_the_line_on_which_it_begins() -> None:
    content = rss("\n" + item("A"), "\n\n" + item("B", more="\n"), head="<?xml version='1.0'?>\n<!-- a\nb -->\n")
    assert [row.line for row in read(feeds.read, content)] == [5, 7]
    spread = json.dumps(json.loads(json_feed(JSON_ITEM, JSON_ITEM)), indent=1).encode()
    assert [row.line for row in read(feeds.read, spread)] == [6, 13]


def test_what_the_mapping_says_of_the_feed() -> None:
    given = {"actor": "kremlin", "source": "tass", "topic": "sanctions", "external_source": "desk"}
    row = only(read(feeds.read, rss(ITEM), given), Row)
    assert (row.body["actor"], row.body["citations"][0]["source"], row.body["topics"][0]["topic"]) == (
        "kremlin",
        "tass",
        "sanctions",
    )
    assert (row.body["external_source"], row.body["status"], row.needs) == ("desk", "draft", ())
    assert only(read(feeds.read, rss(ITEM), {**given, "event_type": "CONSULT"}), Row).noun == "event"


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("<pubDate>Tue, 11 Mar 2025 14:00:00 GMT</pubDate>", "2025-03-11T14:00:00Z"),
        ("<pubDate>2025-03-11</pubDate>", "2025-03-11"),
        ("<published>2025-03</published>", "2025-03"),
        (
            "<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2025-03-11T14:00:00+03:00</dc:date>",
            "2025-03-11T11:00:00Z",
        ),
    ],
)
def test_dates_keep_the_precision_that_they_have(date: str, written: str) -> None:
    assert one(item(date=date)).body["date"] == written


def test_an_entry_without_a_date_was_there_when_the_feed_was_last_changed_or_is_refused() -> None:
    row = one(item(date=""), more="<lastBuildDate>Tue, 11 Mar 2025 14:00:00 GMT</lastBuildDate>")
    assert (row.body["date"], row.body["date_basis"]) == ("../2025-03-11", "inferred")
    assert "has no date" in told(row)
    assert "has no date" in told(only(read(feeds.read, rss(item(date=""))), Reject))
    for date in ("<pubDate>soon</pubDate>", "<pubDate>Tue, 31 Feb 2025 14:00:00 GMT</pubDate>"):
        assert "is no date" in told(only(read(feeds.read, rss(item(date=date))), Reject))
    assert "is no date" in told(only(read(feeds.read, json_feed(JSON_ITEM | {"date_published": "soon"})), Reject))


def test_words_come_out_of_their_html() -> None:
    row = one(item("Fish &amp;amp; chips &lt;b&gt;now&lt;/b&gt;", more="<description><![CDATA[<p>One<br>two</p><script>alert(1)</script><img src=x onerror=alert(1)> &eacute;]]></description>"))  # fmt: skip
    assert row.body["title"] == "Fish & chips now"
    assert row.body["summary"] == "One\ntwo\né"
    xhtml = atom(
        ENTRY.replace(
            "<summary>Words.</summary>",
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One</p><p>Two</p></div></content>",
        )
    )
    assert only(read(feeds.read, xhtml), Row).body["summary"] == "One\n\nTwo"
    for content in (json_feed(JSON_ITEM | {"content_text": None, "content_html": "<p>One</p><p>Two</p>"}),):
        assert only(read(feeds.read, content), Row).body["summary"] == "One\n\nTwo"


def test_what_is_not_quite_xml_is_mended() -> None:
    row = one(
        item("R&D caf&eacute; &nbsp;here\x07", more="<media:thumbnail url='x'/><description>a=1&b=2</description>")
    )
    assert (row.body["title"], row.body["summary"]) == ("R&D café here", "a=1&b=2")
    cited = one(
        "<item><title>A</title><link><![CDATA[https://example.org/?a=1&b=2]]></link><pubDate>2025-03-11</pubDate></item>"
    )
    assert cited.body["citations"][0]["url"] == "https://example.org/?a=1&b=2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251", "koi8-r", "gb18030"])
def test_the_encoding_is_the_one_declared(encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "gb18030": "gb2312"}.get(encoding, encoding)
    content = (
        rss(item("Предлагает перемирие"), head=f"<?xml version='1.0' encoding='{name}'?>").decode().encode(encoding)
    )
    assert only(read(feeds.read, content), Row).body["title"] == "Предлагает перемирие"


def test_authors_tags_and_language_are_kept() -> None:
    more = "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>A. Writer</dc:creator><category>truce</category><category>truce</category>"
    row = one(item(more=more), more="<language>uk</language>")
    assert (row.body["tags"], row.body["language"]) == (["truce"], "uk")
    assert row.body["rationale"] == "From a feed, not coded. By A. Writer."
    row = only(
        read(
            feeds.read,
            json_feed(JSON_ITEM | {"authors": [{"name": "A. Writer"}, 5], "tags": ["truce", 5], "language": "en-GB"}),
        ),
        Row,
    )
    assert (row.body["tags"], row.body["language"], row.body["rationale"]) == (
        ["truce"],
        "en-GB",
        "From a feed, not coded. By A. Writer.",
    )


def test_an_entry_taken_from_another_feed_is_that_feeds() -> None:
    source = "<source><title>Another Office</title><link href='https://other.example.net/'/><id>x</id></source>"
    row = only(read(feeds.read, atom(ENTRY.replace("</entry>", f"{source}</entry>"))), Row)
    assert (row.body["actor"], row.body["citations"][0]["source"]) == ("another-office", "other-example-net")


def test_an_entry_that_can_not_be_taken_leaves_the_others() -> None:
    found = read(feeds.read, json_feed(5, JSON_ITEM, {"id": 6}, JSON_ITEM | {"id": 7, "title": "", "content_text": ""}))
    assert [type(row) for row in found] == [Reject, Row, Reject, Reject]
    long = item(more=f"<description>{'x' * feed_xml.LONGEST_ENTRY}</description>")
    found = read(feeds.read, rss(long, ITEM, item(date=f"<pubDate>{'1' * 200}</pubDate>")))
    assert [type(row) for row in found] == [Reject, Row, Reject]
    assert "longer than" in told(of(found, Reject)[0])


def test_ids_that_records_can_not_have_are_hashed() -> None:
    for id_ in ("https://www.example.org/1/thread", "x" * 400):
        row = only(read(feeds.read, json_feed(JSON_ITEM | {"id": id_})), Row)
        assert row.body["external_id"].startswith("sha256:")
    assert one("<item><title>A</title><pubDate>2025-03-11</pubDate></item>").body["external_id"].startswith("sha256:")


DECLARED = "<!DOCTYPE rss [<!ENTITY a 'lol'>{}<!ENTITY out SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'http://127.0.0.1:9/x'> %p;]>"
BOMB = DECLARED.format("".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)))


def test_entities_that_a_file_declares_are_never_expanded_and_nothing_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    row = one(item("&j; &out; &a;"), head=BOMB)
    assert row.body["title"] == "&j; &out; &a;"
    linked = "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' 'http://127.0.0.1:9/rss-0.91.dtd'>"
    assert one(item("A"), head=linked).body["title"] == "A"
    # The name of a file, and an address, are no more than bytes.
    for content in (b"/etc/hostname", b"http://127.0.0.1:9/feed"):
        assert "no feed" in refusal(feeds.read, content)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"words", "no feed"),
        (b"<!-- only -->", "no feed"),
        (b"<!DOCTYPE html><html><body></body></html>", "an HTML page"),
        (b"<opml></opml>", "another kind"),
        (b"<rss><channel><item></rss>", "no well-formed XML at line 1"),
        (b"<rss><channel>\n<item>", "no well-formed XML at line 2"),
        (b"<rss>" * 200, "deep"),
        (b'{"items": []}', "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "cut off"),
        (b"PK\x03\x04", "ZIP"),
        (b"<rss><channel><pubDate>" + b"1" * 200 + b"</pubDate></channel></rss>", "longer than 100"),
        (b"<rss><channel><title>" + b"1" * 1_100_000 + b"</title></channel></rss>", "around the entries"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_with_the_reason(content: bytes, what: str) -> None:
    assert what in refusal(feeds.read, content)


def test_a_feed_without_entries_has_no_rows() -> None:
    for content in (rss(), atom(), rdf(), json_feed()):
        empty: list[Read] = read(feeds.read, content)
        assert empty == []

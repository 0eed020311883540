"""Fakes that behave: paper sources behind httpx, and a language model on loopback. Only the wire is false."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

import httpx


@dataclass
class FakePaper:
    """A paper of the fake world."""

    id: str
    title: str
    abstract: str = "We present a method. It improves accuracy by 12%. Future work remains."
    votes: int = 5
    categories: tuple[str, ...] = ("cs.CL",)
    authors: tuple[str, ...] = ("A. Author",)
    version: int = 1


@dataclass
class FakeSources:
    """Hugging Face, arXiv with its feed, and deeplearn.org. `papers` are known to arXiv; `daily` and `hot` name the listed
    ones, `lists` those of single days where they differ, `feed` what is announced and how, on `feed_day`.
    Put a callable into `broken` under "huggingface", "arxiv", "feed" or "deeplearn" to answer for that source."""

    papers: dict[str, FakePaper] = field(default_factory=dict)
    daily: list[str] = field(default_factory=list)
    hot: list[str] = field(default_factory=list)
    lists: dict[str, list[str]] = field(default_factory=dict)
    feed: dict[str, str] = field(default_factory=dict)
    feed_day: dt.date = dt.date(2024, 11, 22)
    broken: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    calls: list[httpx.Request] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)
    """Seconds that would have been slept before calls to arXiv, see the fixture `sources`."""

    def add(self, *papers: FakePaper, daily: bool = True, hot: bool = False) -> None:
        """Let arXiv know the papers, and list them."""
        for paper in papers:
            self.papers[paper.id] = paper
            self.daily += [paper.id] if daily else []
            self.hot += [paper.id] if hot else []

    def break_all(self) -> None:
        """Nothing can be reached."""

        def refuse(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused", request=request)

        self.broken = dict.fromkeys(("huggingface", "arxiv", "feed", "deeplearn"), refuse)

    def asked(self, source: str) -> list[httpx.Request]:
        """The calls that one source got."""
        return [call for call in self.calls if self.source_of(call) == source]

    @staticmethod
    def source_of(request: httpx.Request) -> str:
        """Which source a request is for."""
        if request.url.path.endswith("/api/daily_papers"):
            return "huggingface"
        if "/rss/" in request.url.path:
            return "feed"
        return "arxiv" if request.url.path.endswith("/api/query") else "deeplearn"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; the handler of an httpx.MockTransport."""
        self.calls.append(request)
        source = self.source_of(request)
        right = {
            "huggingface": self.daily_papers,
            "arxiv": self.arxiv,
            "feed": self.announcements,
            "deeplearn": self.deeplearn,
        }[source]
        return on_the_wire(self.broken.get(source, right)(request))

    def daily_papers(self, request: httpx.Request) -> httpx.Response:
        """Hugging Face's list."""
        rows = [
            {"paper": {"id": p.id, "title": p.title, "summary": p.abstract, "upvotes": p.votes,
                       "publishedAt": "2024-11-20T10:00:00.000Z", "authors": [{"name": name} for name in p.authors]}}
            for p in (self.papers[paper_id] for paper_id in self.lists.get(request.url.params["date"], self.daily))
        ]  # fmt: skip
        return httpx.Response(200, json=rows)

    def arxiv(self, request: httpx.Request) -> httpx.Response:
        """arXiv's Atom, by id or by title phrases."""
        params = dict(request.url.params)
        if "id_list" in params:
            found = [self.papers[i] for i in params["id_list"].split(",") if i in self.papers]
        else:
            phrases = re.findall(r'ti:"([^"]*)"', params["search_query"])
            found = [p for p in self.papers.values() if any(words(phrase) in words(p.title) for phrase in phrases)]
        return httpx.Response(200, text=atom(found), headers={"Content-Type": "application/atom+xml"})

    def announcements(self, request: httpx.Request) -> httpx.Response:
        """arXiv's feed."""
        rows = "".join(
            f"<item><title>{escape(p.title)}</title><link>https://arxiv.org/abs/{p.id}</link>"
            f"<description>arXiv:{p.id}v{p.version} Announce Type: {kind} \nAbstract: {escape(p.abstract)}</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{p.id}v{p.version}</guid>'
            + "".join(f"<category>{c}</category>" for c in p.categories)
            + f"<arxiv:announce_type>{kind}</arxiv:announce_type>"
            f"<dc:creator>{escape(', '.join(p.authors))}</dc:creator></item>"
            for p, kind in ((self.papers[paper_id], kind) for paper_id, kind in self.feed.items())
        )
        text = (
            '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
            f"<channel><pubDate>{self.feed_day:%a, %d %b %Y} 00:00:00 -0500</pubDate>{rows}</channel></rss>"
        )
        return httpx.Response(200, text=text, headers={"Content-Type": "application/rss+xml"})

    def deeplearn(self, request: httpx.Request) -> httpx.Response:
        """deeplearn.org's home page."""
        rows = "".join(
            f'<div class="title"><a href="/arxiv/{n}/x">{escape(self.papers[i].title)}</a></div>'
            for n, i in enumerate(self.hot)
        )
        return httpx.Response(
            200, html=f'<div class="panel"><h3 class="panel-title">Hot Papers</h3>{rows}</div>'
            '<div class="panel"><h3 class="panel-title">Fresh</h3><div class="title"><a href="/arxiv/9/y">Not hot</a></div></div>'
        )  # fmt: skip


class Pieces(httpx.SyncByteStream):
    """A body in pieces, as a network brings it."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


def on_the_wire(answer: httpx.Response) -> httpx.Response:
    """The answer unread: httpx takes one made of plain content for one that was streamed already."""
    if not answer.is_stream_consumed:
        return answer
    return httpx.Response(answer.status_code, headers=answer.headers, stream=Pieces(answer.content))


@cache
def words(text: str) -> str:
    """Lower-case words, for phrase search."""
    return " ".join(re.findall(r"\w+", text.lower()))


def atom(papers: list[FakePaper]) -> str:
    """An answer of arXiv's query API."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{p.id}v{p.version}</id><title>{escape(p.title)}</title>"
        f"<summary>{escape(p.abstract)}</summary><published>2024-11-20T10:00:00Z</published>"
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in p.authors)
        + f'<arxiv:primary_category term="{p.categories[0]}"/>'
        + "".join(f'<category term="{c}"/>' for c in p.categories)
        + "</entry>"
        for p in papers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">' + entries + "</feed>"
    )


@dataclass(frozen=True)
class Refused:
    """An HTTP error in OpenAI's form."""

    status: int
    code: str | None = None
    param: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


SILENCE = object()
"""What a FakeModel says that never answers, for as long as it serves."""


class FakeModel:
    """An OpenAI-compatible server. `answers` are given in turn, the last one again and again: a dict is content as
    JSON, a string content as it stands, bytes a body as it stands, an int or a Refused an HTTP error, an iterator of
    bytes whatever goes over the wire, SILENCE nothing; a callable makes one of these from the request."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.is_over = threading.Event()
        self.requests: list[dict[str, Any]] = []

    def next(self, request: dict[str, Any]) -> Any:
        """The answer to this request."""
        self.requests.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return answer(request) if callable(answer) else answer

    def serve(self) -> Iterator[str]:
        """Serve on loopback while the caller holds the base URL."""
        model = self

        class Door(BaseHTTPRequestHandler):
            wbufsize = -1

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = model.next(request)
                if answer is SILENCE:
                    model.is_over.wait()
                    return
                if isinstance(answer, Iterator):
                    with contextlib.suppress(ConnectionError):
                        for piece in answer:
                            self.wfile.write(piece)
                            self.wfile.flush()
                    return
                refused = Refused(answer) if isinstance(answer, int) else answer
                status, headers = 200, {}
                if isinstance(refused, Refused):
                    status, headers = refused.status, refused.headers
                    answer = {"error": {"message": "no", "type": "error", "code": refused.code, "param": refused.param}}
                elif not isinstance(answer, bytes) and not (isinstance(answer, dict) and "choices" in answer):
                    content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
                    answer = completion(content)
                raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: Any) -> None:
                """Stay quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            self.is_over.set()
            server.shutdown()
            server.server_close()
            thread.join()


def completion(content: str | None, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """A chat completion in OpenAI's form."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip


def paper_in(request: dict[str, Any]) -> dict[str, str]:
    """The paper in the data block of a request to the model."""
    text = request["messages"][1]["content"]
    return json.loads(text.split("===\n", 1)[1].split("\n===", 1)[0])


def is_sorting(request: dict[str, Any]) -> bool:
    """Whether a request asks for a category."""
    return "You sort" in request["messages"][0]["content"]


def good_account(request: dict[str, Any]) -> dict[str, Any]:
    """A faultless account of the paper in the language that the instructions ask for, of the length they ask for; a
    category where that is what was asked."""
    told = request["messages"][0]["content"]
    if is_sorting(request):
        return {"category": "llm", "confidence": 0.9}
    korean = "한국어" in told
    say = "이 논문은 새로운 방법을 제안한다" if korean else "The paper proposes a new method"
    brief = saying(key_point=say, limits=say) | {"one_liner": say}
    if not is_full(request):
        return brief
    return brief | saying(topic_phrase=say, impact=say, outlook=say) | {"keywords": [say]}


def is_full(request: dict[str, Any]) -> bool:
    """Whether a request asks for a full account, and not for a brief one."""
    return "- outlook:" in request["messages"][0]["content"]


def saying(*sentences: Any, **statements: str) -> dict[str, Any]:
    """Statements of an account that rest on these sentences, on the first one if none are given."""
    numbers = {f"{name}_sentences": list(sentences or (1,)) for name in statements}
    return statements | numbers

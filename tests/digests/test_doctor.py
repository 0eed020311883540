"""The sources and the model, asked once."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from digests import doctor
from newsletter.doctor.findings import State
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db


def test_each_source_is_asked_and_those_that_fail_are_named_with_what_to_do(sources):
    sources.add(FakePaper(doctor.A_KNOWN_PAPER, "Attention Is All You Need", "We propose.", 9, ("cs.CL",)), hot=True)
    names = ["huggingface", "arxiv", "deeplearn", "arxiv records"]
    assert {each.name: each.state for each in doctor.sources_answer()} == dict.fromkeys(names, State.OK)
    sources.break_all()
    found = {each.name: each for each in doctor.sources_answer() if each.state == State.FAULT}
    assert {"huggingface", "deeplearn", "arxiv records"} <= found.keys()
    assert "DIGEST_SOURCES" in found["huggingface"].todo


@pytest.fixture
def model_server(settings):
    """Call it with a status and a body for the list of models."""
    running = []

    def serve(status: int, body: object) -> None:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        settings.OPENAI_BASE_URL = f"http://127.0.0.1:{server.server_port}/v1"
        settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "sk-secret", "small"

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


MODELS = {"object": "list", "data": [{"id": "small", "object": "model", "created": 0, "owned_by": "x"}]}


@pytest.mark.parametrize(
    ("status", "body", "state", "told"),
    [
        (200, MODELS, State.OK, "knows small"),
        (200, {"object": "list", "data": []}, State.FAULT, "does not know small"),
        (401, {"error": {}}, State.FAULT, "does not accept our key"),
        (404, {"error": {}}, State.NOTE, "does not list its models"),
    ],
)
def test_model_server_is_asked_what_it_has(model_server, status, body, state, told):
    model_server(status, body)
    [found] = doctor.model_answers()
    assert found.state == state and told in found.what and "sk-secret" not in str(found)


def test_model_server_that_is_away_is_a_fault(settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:1/v1"
    [found] = doctor.model_answers()
    assert found.state == State.FAULT and "reached" in found.what


def test_no_model_is_no_fault(settings):
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = ""
    [found] = doctor.model_answers()
    assert found.state == State.NOTE

"""What becomes of letters that go through a provider's API, when it answers well, badly, late or not at all."""

import threading
from collections import Counter

import pytest
import requests
from anymail.exceptions import AnymailConfigurationError
from urllib3.exceptions import NameResolutionError, NewConnectionError

from subscribers.delivery.outcomes import Meaning, outcome_of_opening
from subscribers.delivery.transports import api as transport_api
from subscribers.delivery.transports import posting, tempo
from tests.subscribers.wire import READERS, accepted, as_bytes, as_json, letters, words

pytestmark = pytest.mark.once
BOUNCED, FAILED, DEFERRED, UNKNOWN, POLICY, STOP = Meaning


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch):
    monkeypatch.setattr(tempo, "FIRST_REST", 0.001)
    monkeypatch.setattr(posting, "PAUSES", (0, 0))


def meanings(sent):
    """What became of each: the name before the @ → meaning, or None when accepted."""
    return {each.letter.due.email.partition("@")[0]: each.outcome and each.outcome.meaning for each in sent}


def names(count):
    return [f"reader{n}" for n in range(count)]


def test_one_bad_address_is_found_and_everyone_else_gets_the_mail_once(api):
    def says(request):
        if b"bad@" in as_bytes(request):
            return 400, {"message": "to parameter is not a valid address"}
        taken.update(mail.to[0] for mail in READERS["mailgun"](request))
        return accepted("mailgun", request)

    taken = Counter()
    sent, _ = api("mailgun", says)(letters(*names(60), "bad", "last"))
    told = meanings(sent)
    assert told.pop("bad") is BOUNCED
    assert set(told.values()) == {None}
    assert len(taken) == 61 and set(taken.values()) == {1}


def test_a_provider_that_refuses_everybody_is_asked_little_and_nobody_is_blamed(api):
    through = api("mailgun", lambda request: (400, {"message": "from parameter is not valid"}))
    through.transport.open()
    through.transport.submit(letters(*names(200)))
    sent = []
    while len(sent) < 5:
        sent += through.transport.collect(5)
    assert set(meanings(sent).values()) == {POLICY}
    assert len(through.wire.requests) < 30
    back = through.transport.withdraw()
    through.transport.close()
    assert len(back) + len(sent) + len(through.transport.collect(0)) == 200


def test_a_provider_that_asks_for_patience_is_left_alone_and_its_word_handed_on(api):
    through = api("mailgun", lambda request: (429, {}, {"Retry-After": "30"}))
    sent, wire = through(letters(*names(600)))
    assert {(each.outcome.meaning, each.outcome.wait) for each in sent} == {(DEFERRED, 30)}
    assert len(wire.requests) == 1 and through.transport.room == 0


def test_a_short_wait_is_waited_for_and_then_less_is_asked_at_a_time(api):
    answers = [(429, {})]
    through = api("mailgun", lambda request: answers.pop() if answers else accepted("mailgun", request), 8)
    most = through.transport.room
    sent, wire = through(letters("a", "b"))
    assert meanings(sent) == {"a": None, "b": None} and len(wire.requests) == 2
    assert through.transport.room == most // 2


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_a_refused_key_or_credit_ends_the_run_and_nothing_more_is_posted(api, status):
    through = api("mailgun", lambda request: (status, {"message": "no"}))
    through.transport.open()
    through.transport.submit(letters(*names(600)))
    sent = through.transport.collect(5)
    assert set(meanings(sent).values()) == {STOP}
    through.transport.collect(0)
    assert len(through.wire.requests) == 1 and through.transport.room == 0
    assert len(through.transport.withdraw()) == 600 - len(sent)


def raising(error):
    def says(request):
        raise error

    return says


@pytest.mark.parametrize(
    "says",
    [
        lambda request: (500, {}),
        lambda request: (502, b"<html>Bad gateway</html>"),
        lambda request: (200, b"<html>Bad gateway</html>"),
        lambda request: (200, {"message": "Queued. Thank you."}),
        raising(requests.ReadTimeout()),
        raising(requests.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset"))),
    ],
)
def test_what_may_have_been_taken_is_unknown_and_not_posted_again(api, says):
    sent, wire = api("mailgun", says)(letters("a", "b"))
    assert meanings(sent) == {"a": UNKNOWN, "b": UNKNOWN}
    assert len(wire.requests) == 1


def test_while_nobody_knows_what_becomes_of_calls_one_reader_at_a_time_is_risked(api, monkeypatch):
    monkeypatch.setattr(transport_api, "PATIENCE", 0.002)
    sent, wire = api("mailgun", lambda request: (500, {}), 2)(letters(*names(600)))
    told = Counter(meanings(sent).values())
    carried = [len(list(READERS["mailgun"](request))) for request in wire.requests]
    assert sum(carried) == told[UNKNOWN], "the others were in no call"
    assert carried[:2] == [250, 250] and set(carried[2:]) == {1}, "after the calls that were under way at once"
    assert told[DEFERRED] == 600 - told[UNKNOWN] > 90


def test_the_next_run_begins_with_one_reader_too_and_goes_on_when_that_one_was_taken(api):
    api("mailgun", lambda request: (500, {}))(letters("a"))
    through = api("mailgun", connections=2)
    assert through.transport.room == 1
    sent, wire = through(letters(*names(300)))
    assert set(meanings(sent).values()) == {None}
    first, *others = [len(list(READERS["mailgun"](request))) for request in wire.requests]
    assert (first, sorted(others)) == (1, [49, 250])
    assert through.transport.room == 500


def test_words_that_a_provider_stumbles_over_keep_nobody_elses_mail_back(api):
    def says(request):
        return (500, {}) if b"<p>odd<" in as_bytes(request) else accepted("mailgun", request)

    odd, good = words("odd"), words("good")
    sent, wire = api("mailgun", says)(
        [*letters(*(f"odd{n}" for n in range(3)), edition=odd), *letters(*names(300), edition=good)]
    )
    told = meanings(sent)
    assert {told[name] for name in names(300)} == {None}
    assert len(wire.requests) <= 6


def test_one_call_in_doubt_makes_nobody_wait(api, monkeypatch):
    monkeypatch.setattr(tempo, "FIRST_REST", 3600)
    answers = [(500, {})]
    through = api("mailgun", lambda request: answers.pop() if answers else accepted("mailgun", request))
    sent, wire = through(letters(*names(600)))
    assert Counter(meanings(sent).values()) == {UNKNOWN: 250, None: 350}
    assert [len(list(READERS["mailgun"](request))) for request in wire.requests] == [250, 1, 250, 99]


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout(),
        requests.ConnectionError(NewConnectionError(None, "refused")),
        requests.ConnectionError(NameResolutionError("api.example.org", None, OSError("no such host"))),
    ],
)
def test_without_a_connection_nobody_was_mailed_and_all_wait(api, error, monkeypatch):
    monkeypatch.setattr(transport_api, "PATIENCE", 0)
    sent, _ = api("mailgun", raising(error))(letters("a", "b"))
    assert meanings(sent) == {"a": DEFERRED, "b": DEFERRED}


def test_a_provider_that_is_back_soon_costs_nobody_a_try(api):
    failures = [requests.ConnectionError(NewConnectionError(None, "refused"))] * 3

    def says(request):
        if failures:
            raise failures.pop()
        return accepted("mailgun", request)

    sent, wire = api("mailgun", says)(letters("a", "b"))
    assert meanings(sent) == {"a": None, "b": None} and len(wire.requests) == 4


@pytest.mark.parametrize("trouble", [(500, {}), (200, b"garbage"), requests.ReadTimeout()])
@pytest.mark.parametrize("backend", ["resend", "brevo"])
def test_where_a_key_protects_it_a_call_is_repeated_word_for_word(api, backend, trouble):
    troubles = [trouble, trouble]

    def says(request):
        answer = troubles.pop() if troubles else accepted(backend, request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sent, wire = api(backend, says)(letters("a"))
    assert meanings(sent) == {"a": None} and len(wire.requests) == 3
    assert len({(as_bytes(request), request.headers.get("Idempotency-Key")) for request in wire.requests}) == 1


@pytest.mark.parametrize("then", [(429, {}, {"Retry-After": "1"}), (401, {}), (422, {}), (409, {})])
def test_a_later_refusal_says_nothing_about_a_call_that_may_have_been_taken(api, then):
    answers = [then, then, (500, {})]
    sent, wire = api("resend", lambda request: answers.pop())(letters("a", "b"))
    assert meanings(sent) == {"a": UNKNOWN, "b": UNKNOWN} and len(wire.requests) == 3


def test_each_mail_of_a_list_is_judged_by_its_own_answer(api):
    inactive = "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: {}. "
    answers = {
        "gone": {"ErrorCode": 406, "Message": inactive.format("gone@example.org") + "Inactive recipients are"},
        "odd": {"ErrorCode": 300, "Message": "Invalid 'To' address: 'odd@example.org'."},
        "ours": {"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender Signature."},
        "garbled": {"ErrorCode": 0},
        "nothing": None,
        "good": {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "good@example.org"},
    }
    sent, wire = api("postmark", lambda request: (200, list(answers.values())))(letters(*answers))
    told = {"gone": BOUNCED, "odd": BOUNCED, "ours": POLICY, "garbled": UNKNOWN, "nothing": UNKNOWN, "good": None}
    assert meanings(sent) == told
    assert len(wire.requests) == 1


def test_a_list_that_is_refused_as_a_whole_is_taken_apart(api):
    def says(request):
        if b"bad@" in as_bytes(request):
            return 422, {"ErrorCode": 300, "Message": "Invalid metadata content."}
        return accepted("postmark", request)

    sent, _ = api("postmark", says)(letters("a", "b", "c", "bad"))
    assert meanings(sent) == {"a": None, "b": None, "c": None, "bad": meanings(sent)["bad"]}
    assert meanings(sent)["bad"] in (POLICY, BOUNCED)


@pytest.mark.parametrize("answer", [[], {"message": "fine"}, [{"ErrorCode": 0}] * 3])
def test_an_answer_that_does_not_match_the_list_leaves_all_unknown(api, answer):
    sent, _ = api("postmark", lambda request: (200, answer))(letters("a", "b"))
    assert set(meanings(sent).values()) == {UNKNOWN}


def test_an_answer_that_cannot_be_read_does_not_mean_that_the_mail_was_never_made(api):
    odd = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": "no @n address@"}
    sent, _ = api("postmark", lambda request: (200, odd))(letters("a"))
    assert meanings(sent) == {"a": UNKNOWN}


def test_a_letter_that_cannot_be_made_fails_alone(api):
    sent, _ = api("postmark")(letters("a", "b", "not @n address@", "c"))
    assert Counter(meanings(sent).values()) == {None: 3, FAILED: 1}
    sent, _ = api("mailgun")(letters("a", "not @n address@", "b"))
    assert Counter(meanings(sent).values()) == {None: 2, FAILED: 1}


def test_a_reader_in_capitals_is_taken_though_the_provider_answers_in_small_letters(api):
    def says(request):
        tos = [message["To"][0]["Email"].lower() for message in as_json(request)["Messages"]]
        return 200, {"Messages": [{"Status": "success", "To": [{"Email": to, "MessageID": 1}]} for to in tos]}

    sent, _ = api("mailjet", says)(letters("Anna@Example.org", "b"))
    assert meanings(sent) == {"Anna": None, "b": None}


def test_a_partial_refusal_without_names_leaves_the_call_unknown(api):
    mixed = {"results": {"id": "1", "total_accepted_recipients": 1, "total_rejected_recipients": 1}}
    sent, _ = api("sparkpost", lambda request: (200, mixed))(letters("a", "b"))
    assert set(meanings(sent).values()) == {UNKNOWN}


def test_as_many_calls_are_under_way_as_there_are_connections(api):
    all_there = threading.Barrier(3)

    def says(request):
        all_there.wait(timeout=250)
        return accepted("mandrill", request)

    sent, _ = api("mandrill", says, connections=3)(letters("a", "b", "c"))
    assert set(meanings(sent).values()) == {None}


def test_letters_that_were_not_begun_are_given_back(api):
    through = api("mailgun")
    through.transport.open()
    posted = letters(*names(5))
    through.transport.submit(posted)
    assert through.transport.withdraw() == posted
    through.transport.close()
    assert through.wire.requests == [] and through.transport.collect(0) == []


def test_a_call_without_an_answer_at_the_end_is_unknown(api, monkeypatch):
    monkeypatch.setattr(transport_api, "LAST_WORDS", 0)
    begun, end = threading.Event(), threading.Event()

    def says(request):
        begun.set()
        end.wait(250)
        return accepted("mailgun", request)

    through = api("mailgun", says)
    through.transport.open()
    through.transport.submit(letters("a", "b"))
    assert through.transport.collect(0) == []
    begun.wait()
    through.transport.close()
    told = through.transport.collect(0)
    end.set()
    assert meanings(told) == {"a": UNKNOWN, "b": UNKNOWN}


def test_it_holds_connections_times_a_calls_letters_and_no_more(api):
    through = api("mailjet", connections=4)
    through.transport.open()
    assert through.transport.room == 200
    through.transport.submit(letters(*names(150)))
    assert through.transport.room == 50
    through.transport.withdraw()
    through.transport.close()


def test_a_missing_key_is_the_operators_to_mend(api, settings):
    through = api("mailgun")
    settings.ANYMAIL = {}
    with pytest.raises(AnymailConfigurationError) as caught:
        through.transport.open()
    assert outcome_of_opening(caught.value).meaning is STOP


def test_an_address_of_the_api_that_is_none_is_the_operators_to_mend(api, settings):
    through = api("mailgun")
    settings.ANYMAIL = {"MAILGUN_API_KEY": "x", "MAILGUN_API_URL": "api.example.org/v3"}
    sent, _ = through(letters("a"))
    assert meanings(sent) == {"a": STOP}

"""The commands as an operator types them: what they print, what they write, how they exit."""

import io
import json
import re

import httpx
import pytest
import time_machine
from django.core.management import load_command_class
from django.utils import timezone

from digests.models import Category, Chart, Digest, Paper
from tests.factories import DAY, make_approved, make_digest, make_editor
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
DATE = DAY.isoformat()


@pytest.fixture
def run(capsys, monkeypatch, settings):
    """Call it with a command line; it returns (exit status, output, error output)."""
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"  # the default; others are checked for a real sender
    # A command closes the connection when it ends, which would end the test's transaction.
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def type_in(name, *words, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = 0
        try:
            load_command_class("digests", name).run_from_argv(["manage.py", name, *words])
        except SystemExit as end:
            status = end.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return type_in


# ---- build_digest


def test_building_prints_stages_and_notes_and_exits_with_0(run, sources):
    sources.add(FakePaper("2411.00001", "Image generation with diffusion"), FakePaper("2411.00002", "Robots"))
    sources.broken["deeplearn"] = lambda request: httpx.Response(503)
    status, out, _ = run("build_digest", "--date", DATE)
    assert status == 0
    for stage in ("collect", "select", "classify", "draft", "summarise", "chart"):
        assert re.search(rf"^{stage} .* \(\d+\.\d s\)$", out, re.MULTILINE)
    assert f"Digest {DATE}: draft, " in out
    assert "  note: deeplearn: " in out


def test_building_again_exits_with_0_and_asks_nobody(run, sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    run("build_digest", "--date", DATE)
    sources.calls.clear()
    status, out, _ = run("build_digest", "--date", DATE)
    assert (status, sources.calls) == (0, [])
    assert f"Digest {DATE}: draft" in out


def test_without_a_date_todays_digest_is_built(run, sources, settings):
    settings.DIGEST_TIME_ZONE = "Asia/Seoul"
    sources.add(FakePaper("2411.00001", "A paper"))
    with time_machine.travel("2024-11-21T20:00:00Z", tick=False):
        run("build_digest")
    assert Digest.objects.get().day == DAY


def test_a_quiet_day_exits_with_3_and_says_so(run, sources):
    status, _, err = run("build_digest", "--date", "2024-11-23")
    assert status == 3
    assert err == ("CommandError: quiet: Nothing is announced for 2024-11-23: it is a weekend, or arXiv's holiday.\n")


def test_a_stalled_day_exits_with_3_and_says_so(run, sources, settings):
    sources.add(FakePaper("2411.00001", "A paper"), hot=True)
    settings.DIGEST_LANGUAGES = ["en"]
    run("build_digest", "--date", DATE)
    status, _, err = run("build_digest", "--date", "2024-11-25")
    assert status == 3
    assert "CommandError: stalled: Everything listed for 2024-11-25 was listed before" in err


def test_a_failed_day_exits_with_3_and_says_so(run, sources):
    sources.break_all()
    status, _, err = run("build_digest", "--date", DATE)
    assert status == 3
    assert f"CommandError: failed: No paper source could be read for {DATE}" in err
    assert not Digest.objects.exists()


@pytest.mark.parametrize("date", ["yesterday", "2024-02-30", "22.11.2024", ""])
def test_a_date_that_is_none_exits_with_2_and_builds_nothing(run, sources, date):
    status, _, err = run("build_digest", "--date", date)
    assert status == 2
    assert "--date" in err
    assert sources.calls == []


# ---- approve_digest


def test_an_editor_approves_once_and_the_second_time_is_told_so(run):
    digest, editor = make_digest(), make_editor("mina")
    status, out, _ = run("approve_digest", "--date", DATE, "--by", "mina")
    digest.refresh_from_db()
    assert (status, digest.status, digest.approved_by) == (0, "approved", editor)
    assert out.startswith("Approved by mina at ")
    assert digest.content_hash[:12] in out
    make_editor("other")
    status, out, _ = run("approve_digest", "--date", DATE, "--by", "other")
    assert (status, out.startswith("Already approved by mina")) == (0, True)
    assert Digest.objects.get().approved_at == digest.approved_at


def test_who_may_not_approve_is_told_so(run, django_user_model):
    make_digest()
    django_user_model.objects.create_user("visitor", is_staff=True)
    gone = make_editor("gone")
    gone.is_active = False
    gone.save()
    for name in ("visitor", "gone", "nobody", ""):
        status, _, err = run("approve_digest", "--date", DATE, "--by", name)
        assert (status, err.startswith("CommandError: ")) == (1, True)
    assert Digest.objects.get().status == "draft"


def test_a_first_approval_of_two_is_noted_and_said(run, settings):
    settings.APPROVALS_NEEDED = 2
    make_digest()
    make_editor("one")
    make_editor("two")
    assert "1 of 2 approvals" in run("approve_digest", "--date", DATE, "--by", "one")[1]
    assert Digest.objects.get().status == Digest.Status.DRAFT
    assert "Approved by two" in run("approve_digest", "--date", DATE, "--by", "two")[1]


@pytest.mark.parametrize("status", [None, "building", "discarded"])
def test_only_a_draft_can_be_approved(run, status):
    make_editor("mina")
    if status:
        make_digest(status=status)
    assert run("approve_digest", "--date", DATE, "--by", "mina")[0] == 1
    assert not Digest.objects.filter(status="approved").exists()


# ---- export_digest


@pytest.fixture
def exported():
    digest = make_approved()
    Chart.objects.create(digest=digest, language="ko", png=b"\x89PNG ko", sha256="ab" * 32, width=600, height=144)
    return digest


@pytest.mark.parametrize(("form", "ending"), [("markdown", "md"), ("html", "html"), ("json", "json")])
def test_a_digest_is_written_with_its_chart_beside_it(run, exported, tmp_path, form, ending):
    folder = tmp_path / "new" / "folder"
    status, out, _ = run("export_digest", "--date", DATE, "--format", form, "--out", str(folder))
    report, chart = folder / f"Papers_{DATE}_report.{ending}", folder / f"paper_{DATE}.png"
    assert status == 0
    assert out.splitlines() == [str(report), str(chart)]
    assert chart.read_bytes() == b"\x89PNG ko"
    text = report.read_text(encoding="utf-8")
    for paper in Paper.objects.all():
        assert paper.title in text and paper.url in text
    if form == "json":
        assert json.loads(text) == exported.approved_content


def test_a_folder_that_cannot_be_written_to_is_named(run, exported, tmp_path):
    (tmp_path / "file").write_text("no folder")
    status, _, told = run("export_digest", "--date", DATE, "--format", "json", "--out", str(tmp_path / "file" / "out"))
    assert status == 1
    assert "file/out cannot be written to: Not a directory." in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--date", "22.11.2024"], "'22.11.2024' is no day such as"),
        (["--kind", "monthly"], "choose from 'daily', 'weekly'"),
    ],
)
def test_what_is_no_day_and_no_kind_is_refused_with_an_example(run, arguments, sentence):
    status, _, told = run("build_digest", *arguments)
    assert status == 2
    assert sentence in told


def test_the_report_is_in_korean_unless_asked_otherwise(run, exported, tmp_path):
    report = tmp_path / f"Papers_{DATE}_report.md"
    run("export_digest", "--date", DATE, "--format", "markdown", "--out", str(tmp_path))
    assert "**요약:**" in report.read_text(encoding="utf-8")
    run("export_digest", "--date", DATE, "--format", "markdown", "--out", str(tmp_path), "--language", "en")
    assert "**요약:**" in report.read_text(encoding="utf-8"), "the Korean report stands beside the English one"
    assert "**Summary:**" in (tmp_path / f"Papers_{DATE}_report_en.md").read_text(encoding="utf-8")


def test_what_was_approved_is_exported_and_not_what_the_rows_say_now(run, exported, tmp_path):
    Paper.objects.update(title="Changed since")
    run("export_digest", "--date", DATE, "--format", "markdown", "--out", str(tmp_path))
    assert "Changed since" not in (tmp_path / f"Papers_{DATE}_report.md").read_text(encoding="utf-8")


def test_a_draft_is_exported_as_it_stands(run, tmp_path):
    make_digest()
    assert run("export_digest", "--date", DATE, "--format", "json", "--out", str(tmp_path))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"Papers_{DATE}_report.json"]


@pytest.mark.parametrize("status", [None, "building"])
def test_a_digest_that_is_not_there_yet_is_not_exported(run, tmp_path, status):
    if status:
        make_digest(status=status, build_lease_until=timezone.now())
    code, _, err = run("export_digest", "--date", DATE, "--format", "html", "--out", str(tmp_path / "out"))
    assert code == 1
    assert f"There is no digest of {DATE}" in err
    assert not (tmp_path / "out").exists()


# ---- classify


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


VISION = {"id": "2411.00001", "title": "Image segmentation with transformers", "abstract": "We segment images."}
SPEECH = {"id": "2411.00002", "title": "Speech recognition for calls", "abstract": "We recognise speech."}


def test_papers_are_classified_line_by_line_in_their_order(run):
    status, out, _ = run("classify", "--offline", stdin=lines(SPEECH, VISION) + "\n  \n")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [(answer["id"], answer["category"], answer["decided_by"]) for answer in answers] == [
        ("2411.00002", "audio", "builtin"),
        ("2411.00001", "computer-vision", "builtin"),
    ]
    assert all(answer.keys() == {"id", "category", "confidence", "decided_by"} for answer in answers)
    assert all(0 <= answer["confidence"] <= 1 for answer in answers)


def test_offline_asks_no_model_even_where_there_is_one(run, model):
    asked = model(500)
    status, out, _ = run("classify", "--offline", stdin=lines(VISION))
    assert (status, asked.requests) == (0, [])
    assert json.loads(out)["decided_by"] == "builtin"


@pytest.mark.parametrize(
    "row",
    [
        {"id": "x", "title": "", "abstract": ""},
        {"id": "x", "title": "\u200b \ud800 <script>", "abstract": None},
        {"id": "x", "title": "한국어 제목"},
        {"id": 'a"b\\c\n', "title": "t", "abstract": "x " * 100_000},
        {"id": 7, "title": 7, "abstract": ["no", "text"], "arxiv_categories": None},
        {"id": "x", "title": "t", "arxiv_categories": ["cs.CV", 5], "extra": {"more": 1}},
    ],
)
def test_any_text_gets_a_category_of_the_list(run, row):
    status, out, _ = run("classify", "--offline", stdin=lines(row))
    assert status == 0
    answer = json.loads(out)
    assert answer["id"] == str(row["id"])
    assert Category.objects.filter(slug=answer["category"], is_active=True).exists()


def test_only_categories_in_use_are_given(run):
    Category.objects.filter(slug="computer-vision").update(is_active=False)
    assert json.loads(run("classify", "--offline", stdin=lines(VISION))[1])["category"] != "computer-vision"


def test_arxivs_own_classes_help_where_the_words_do_not(run):
    silent = {"id": "x", "title": "A remark", "abstract": ""}
    assert json.loads(run("classify", "--offline", stdin=lines(silent))[1])["category"] != "robotics"
    told = json.loads(run("classify", "--offline", stdin=lines({**silent, "arxiv_categories": ["cs.RO"]}))[1])
    assert told["category"] == "robotics"


@pytest.mark.parametrize(
    "line", ["not json", "[]", "5", '"text"', "null", "{}", '{"id": "x"}', '{"title": "t"}', "[" * 100_000,
             '{"id": "x", "title": "t", "arxiv_categories": 5}']
)  # fmt: skip
def test_a_line_in_another_form_is_named_and_nothing_is_written(run, line):
    status, out, err = run("classify", "--offline", stdin=lines(VISION) + line + "\n")
    assert (status, out) == (1, "")
    assert err.startswith("CommandError: Line 2 is not a JSON object")


def test_no_lines_are_no_answers(run):
    assert run("classify", "--offline")[:2] == (0, "")

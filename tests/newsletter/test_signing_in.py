"""How staff get into admin, and how nobody else does."""

import base64
import datetime as dt
import os
import re
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsletter.models import AuditLine
from newsletter.signing_in import factor
from tests.factories import PASSWORD, make_staff

pytestmark = pytest.mark.django_db
PAGE = "/admin/second-factor/"
KEY = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def strict(settings):
    """A second factor is wanted, as outside DEBUG."""
    settings.ADMIN_SECOND_FACTOR = True


def sign_in(client, username="kim", password=PASSWORD, **more):
    return client.post("/admin/login/", {"username": username, "password": password, "next": "/admin/"}, **more)


def code_of(key=KEY, at=None):
    return f"{totp(bytes.fromhex(key), t0=0) if at is None else totp(bytes.fromhex(key), t0=-30 * at):06d}"


def with_factor(username="kim", *roles):
    person = make_staff(username, *(roles or ["editor"]))
    TOTPDevice.objects.create(user=person, name="app", key=KEY, confirmed=True)
    return person


def letters_on(page):
    return re.search(r'class="letters">([A-Z2-7 ]+)<', page.content.decode()).group(1)


def acts(who="kim"):
    return list(AuditLine.objects.filter(who=who).order_by("pk").values_list("act", flat=True))


# ---- the second factor


def test_the_first_sign_in_sets_up_a_second_factor_and_shows_backup_codes_once(client, strict):
    make_staff("kim", "editor")
    assert sign_in(client).status_code == 302
    page = client.get("/admin/digests/digest/", follow=True)
    assert page.request["PATH_INFO"] == PAGE
    key = base64.b32decode(letters_on(page).replace(" ", "")).hex()
    assert TOTPDevice.objects.count() == 0  # looking at the page stored nothing
    picture = client.get("/admin/second-factor/qr.svg")
    assert (
        picture["Content-Type"] == "image/svg+xml" and b"<svg" in picture.content and b"<script" not in picture.content
    )
    done = client.post(PAGE, {"code": code_of(key), "next": "/admin/digests/digest/"})
    codes = re.findall(r"<li>([a-z2-7]{8})</li>", done.content.decode())
    assert len(codes) == factor.BACKUP_CODES and 'href="/admin/digests/digest/"' in done.content.decode()
    assert client.get("/admin/digests/digest/").status_code == 200
    assert not any(code in client.get(PAGE).content.decode() for code in codes)
    assert acts() == ["login", "second-factor"]


def test_a_wrong_code_sets_nothing_up(client, strict):
    make_staff("kim", "editor")
    sign_in(client)
    page = client.post(PAGE, {"code": "000000"})
    assert page.status_code == 200 and not TOTPDevice.objects.exists()
    assert client.get("/admin/digests/digest/").status_code == 302


def test_password_alone_opens_nothing_where_a_factor_is_set_up_even_if_none_is_wanted(client):
    with_factor()
    sign_in(client)
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == PAGE
    for path in ("/admin/password_change/", "/admin/digests/digest/", "/admin/again/", "/admin/jsi18n/"):
        assert client.get(path).status_code == 302, path
    assert client.post("/admin/second-factor/codes/").status_code == 302
    assert client.get("/admin/second-factor/qr.svg").status_code == 403


def test_the_code_opens_and_goes_to_the_page_that_was_wanted(client, strict):
    with_factor()
    sign_in(client)
    done = client.post(PAGE, {"code": code_of(), "next": "/admin/digests/paper/?q=x"})
    assert done.headers["Location"] == "/admin/digests/paper/?q=x"
    assert client.get("/admin/digests/digest/").status_code == 200
    assert acts() == ["login", "verified"]


def test_it_leads_to_no_other_site(client, strict):
    with_factor()
    sign_in(client)
    done = client.post(PAGE, {"code": code_of(), "next": "//evil.example/"})
    assert done.headers["Location"] == "/admin/"


def test_a_code_counts_once(strict):
    with_factor()
    code = code_of()
    first, second = Client(), Client()
    for client, ends in ((first, 302), (second, 200)):
        sign_in(client)
        assert client.post(PAGE, {"code": code}).status_code == ends
    assert second.get("/admin/digests/digest/").status_code == 302


def test_a_backup_code_counts_once(strict):
    person = with_factor()
    codes = factor.new_backup_codes(person)
    first, second = Client(), Client()
    for client, ends in ((first, 302), (second, 200)):
        sign_in(client)
        assert client.post(PAGE, {"code": f" {codes[0][:4]}-{codes[0][4:].upper()} "}).status_code == ends
    assert StaticToken.objects.count() == factor.BACKUP_CODES - 1


def test_after_wrong_codes_the_right_one_waits_too(client, strict):
    with_factor()
    sign_in(client)
    for _ in range(3):
        client.post(PAGE, {"code": "000000"})
    assert client.post(PAGE, {"code": code_of()}).status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert client.post(PAGE, {"code": code_of()}).status_code == 302


def test_the_code_of_somebody_else_is_none(client, strict):
    with_factor("lee")
    kim = make_staff("kim", "editor")
    TOTPDevice.objects.create(user=kim, name="app", key="f" * 40, confirmed=True)
    sign_in(client)
    assert client.post(PAGE, {"code": code_of()}).status_code == 200


def test_new_backup_codes_replace_the_old_ones(client, strict):
    person = with_factor()
    old = factor.new_backup_codes(person)
    sign_in(client)
    client.post(PAGE, {"code": code_of()})
    client.post("/admin/second-factor/codes/")
    assert not StaticToken.objects.filter(token__in=old).exists()
    assert factor.backup_codes_left(person) == factor.BACKUP_CODES


@pytest.mark.parametrize(("debug", "wanted"), [("", "True"), ("True", "False")])
def test_outside_debug_a_second_factor_is_wanted(debug, wanted):
    told = "from newsletter import settings; print(settings.ADMIN_SECOND_FACTOR)"
    environment = {**os.environ, "DEBUG": debug, "SECRET_KEY": "x" * 50}
    done = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == wanted


# ---- the way back in


def test_a_lost_phone_is_forgotten_at_the_command_line(client, strict, capsys):
    factor.new_backup_codes(with_factor())
    call_command("forget_second_factor", "kim")
    assert "next sign-in" in capsys.readouterr().out
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert AuditLine.objects.get(act="forget-factor").about == "kim"
    sign_in(client)
    assert letters_on(client.get(PAGE))
    with pytest.raises(CommandError, match="no user"):
        call_command("forget_second_factor", "nobody")


def test_an_administrator_forgets_a_lost_phone(client):
    lee = with_factor("lee")
    client.force_login(make_staff("boss", "administrator"))
    sent = {"action": "forget_factor", "_selected_action": [lee.pk]}
    client.post("/admin/auth/user/", sent)
    assert not TOTPDevice.objects.exists()
    assert AuditLine.objects.get(act="forget-factor").who == "boss"


def test_the_pages_of_the_devices_themselves_which_show_secrets_are_not_there(admin_client):
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert admin_client.get(f"/admin/{model}/").status_code == 404


# ---- passwords that are tried


def test_whoever_tries_many_passwords_waits_and_so_do_new_processes(settings, client):
    make_staff("kim", "editor")
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, password="wrong").status_code == 200
    locked = sign_in(client, password="wrong")
    assert locked.status_code == 429 and locked["Retry-After"] == "900"
    assert sign_in(Client()).status_code == 429  # the right password, another browser: the count is in the database
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.9").status_code == 302  # kim at another place is not locked out
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert sign_in(Client()).status_code == 302
    assert acts().count("locked") == 2


def test_a_visitor_behind_our_proxy_is_the_one_that_the_proxy_names(settings):
    make_staff("kim", "editor")
    settings.PROXIES = 1
    for n in range(settings.AXES_FAILURE_LIMIT):
        forged = f"10.0.0.{n}, 198.51.100.7"
        answer = sign_in(Client(), password="wrong", headers={"X-Forwarded-For": forged})
    assert answer.status_code == 429
    assert sign_in(Client(), headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 302


def test_without_a_proxy_nobody_chooses_an_address(settings):
    make_staff("kim", "editor")
    for n in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(Client(), password="wrong", headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert answer.status_code == 429


# ---- sessions


def test_signing_in_and_the_second_factor_each_change_the_sessions_key(client, strict):
    with_factor()
    client.get("/admin/login/")
    session = client.session
    session["planted"] = True
    session.save()
    keys = [client.session.session_key]
    sign_in(client)
    keys.append(client.session.session_key)
    client.post(PAGE, {"code": code_of()})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_who_was_away_for_long_signs_in_again(settings):
    client, now = Client(), timezone.now()
    client.force_login(make_staff("kim", "editor"))
    with time_machine.travel(now + dt.timedelta(minutes=settings.ADMIN_IDLE_MINUTES - 5)):
        assert client.get("/admin/digests/digest/").status_code == 200
    with time_machine.travel(now + dt.timedelta(minutes=2 * settings.ADMIN_IDLE_MINUTES - 10)):
        assert client.get("/admin/digests/digest/").status_code == 200  # the clock began anew
    with time_machine.travel(now + dt.timedelta(minutes=3 * settings.ADMIN_IDLE_MINUTES)):
        gone = client.get("/admin/digests/digest/?q=1")
        assert gone.headers["Location"] == "/admin/login/?next=/admin/digests/digest/%3Fq%3D1"
        assert client.get("/admin/digests/digest/").status_code == 302


def test_a_session_ends_after_half_a_day_whatever_happens(settings):
    client, now = Client(), timezone.now()
    client.force_login(make_staff("kim", "editor"))
    for minutes in range(0, 12 * 60, 50):
        with time_machine.travel(now + dt.timedelta(minutes=minutes)):
            assert client.get("/admin/digests/digest/").status_code == 200
    with time_machine.travel(now + dt.timedelta(hours=12, minutes=1)):
        assert client.get("/admin/digests/digest/").status_code == 302


# ---- asked again


def stale(client):
    session = client.session
    session["fresh_at"] = 0
    session.save()


def test_changing_rights_asks_again_who_it_is_and_notes_before_and_after(client):
    boss, lee = make_staff("boss", "administrator"), make_staff("lee", "viewer")
    client.force_login(boss)
    stale(client)
    path = f"/admin/auth/user/{lee.pk}/change/"
    asked = client.get(path)
    assert unquote(asked.headers["Location"]) == f"/admin/again/?next={path}"
    assert client.post("/admin/again/", {"proof": "wrong", "next": path}).status_code == 200
    assert client.get(path).status_code == 302
    assert client.post("/admin/again/", {"proof": PASSWORD, "next": path}).headers["Location"] == path
    editor = Group.objects.get(name="editor")
    fields = {"username": "lee", "is_active": "on", "is_staff": "on", "groups": [editor.pk]}
    when = {"last_login_0": "", "last_login_1": "", "date_joined_0": "2026-01-01", "date_joined_1": "00:00"}
    assert client.post(path, fields | when).status_code == 302
    line = AuditLine.objects.get(act="roles")
    assert (line.who, line.about) == ("boss", "lee")
    assert line.facts == {"before": ["is_active", "is_staff", "viewer"], "after": ["editor", "is_active", "is_staff"]}


@pytest.mark.parametrize("path", ["/admin/auth/user/add/", "/admin/auth/group/add/", "/admin/auth/user/{pk}/password/", "/admin/auth/user/{pk}/delete/"])  # fmt: skip
def test_no_page_that_gives_rights_opens_unasked(path, client):
    lee = make_staff("lee", "viewer")
    client.force_login(make_staff("boss", "administrator"))
    stale(client)
    for ask in (client.get, client.post):
        assert urlsplit(ask(path.format(pk=lee.pk)).headers["Location"]).path == "/admin/again/"


def test_a_code_of_the_app_answers_too(client, strict):
    with_factor("boss", "administrator")
    sign_in(client, "boss")
    with time_machine.travel(timezone.now() - dt.timedelta(minutes=3)):
        early = code_of()
        client.post(PAGE, {"code": early})
    stale(client)
    assert client.post("/admin/again/", {"proof": code_of(), "next": "/admin/auth/user/"}).status_code == 302


def test_tries_at_being_asked_again_are_counted_like_those_at_the_door(client, settings):
    client.force_login(make_staff("boss", "administrator"))
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/admin/again/", {"proof": "wrong"})
    assert answer.status_code == 429


def test_a_password_that_is_said_again_does_not_make_backup_codes_wait(client, strict):
    boss = with_factor("boss", "administrator")
    codes = factor.new_backup_codes(boss)
    sign_in(client, "boss")
    client.post(PAGE, {"code": code_of()})
    for _ in range(5):
        assert client.post("/admin/again/", {"proof": PASSWORD}).status_code == 302
    assert factor.matching(boss, codes[0])


def test_a_session_left_open_gets_no_phone_of_its_own(client):
    make_staff("kim", "editor")
    sign_in(client)
    stale(client)
    assert client.get(PAGE).headers["Location"].startswith("/admin/login/")
    assert client.get("/admin/").status_code == 302  # signed out
    assert not TOTPDevice.objects.exists()


# ---- nobody raises themselves


def test_an_administrator_makes_no_superuser_and_touches_none(client):
    boss = make_staff("boss", "administrator")
    root = get_user_model().objects.create_superuser("root", "root@example.org", PASSWORD)
    client.force_login(boss)
    when = {"last_login_0": "", "last_login_1": "", "date_joined_0": "2026-01-01", "date_joined_1": "00:00"}
    sent = {"username": "boss", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    sent["user_permissions"] = [Permission.objects.get(codename="delete_logentry").pk]
    client.post(f"/admin/auth/user/{boss.pk}/change/", sent | when)
    boss.refresh_from_db()
    assert not boss.is_superuser and not boss.user_permissions.exists()
    assert client.post(f"/admin/auth/user/{root.pk}/change/", {"username": "root"} | when).status_code == 403
    assert client.post(f"/admin/auth/user/{root.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"/admin/auth/user/{root.pk}/password/").status_code == 403
    client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"})
    assert get_user_model().objects.filter(pk=root.pk).exists()


# ---- a forgotten password


def ask_for_mail(client, address):
    return client.post("/admin/forgotten/", {"email": address}, follow=True)


def test_a_forgotten_password_is_chosen_anew_by_mail_at_our_own_address(client, settings, strict):
    settings.ALLOWED_HOSTS = ["*"]
    make_staff("kim", "editor", email="kim@example.org")
    client.post("/admin/forgotten/", {"email": "kim@example.org"}, headers={"Host": "evil.example"})
    [sent] = mail.outbox
    assert sent.to == ["kim@example.org"] and "evil.example" not in sent.body
    link = next(word for word in sent.body.split() if "/admin/forgotten/" in word)
    assert link.startswith(settings.SITE_URL)
    page = client.get(urlsplit(link).path, follow=True)
    new = "quite another long password"
    client.post(page.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert sign_in(client, password=new).status_code == 302
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == PAGE  # the second factor is still wanted
    assert acts()[:2] == ["password-asked", "password"]
    assert b"set-password" not in client.get(urlsplit(link).path, follow=True).content  # the link counts once


@pytest.mark.parametrize("address", ["kım@example.org", "kim@exampłe.org", "KIM@example.org.", "nobody@example.org"])
def test_look_alike_addresses_get_nothing_and_the_same_page(client, address):
    make_staff("kim", "editor", email="kim@example.org")
    known = ask_for_mail(client, "kim@example.org")
    mail.outbox.clear()
    page = ask_for_mail(client, address)
    if page.context.get("form") is None:  # otherwise it is no address at all, and the form says so
        assert page.content == known.content
    assert mail.outbox == []


def test_a_person_is_not_flooded_and_who_is_not_staff_gets_no_mail(client):
    make_staff("kim", "editor", email="kim@example.org")
    get_user_model().objects.create_user("reader", "reader@example.org", PASSWORD)
    for _ in range(5):
        ask_for_mail(client, "kim@example.org")
    ask_for_mail(client, "reader@example.org")
    assert [each.to for each in mail.outbox] == [["kim@example.org"]] * 3


# ---- the pages


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_pages_hold_the_policy_and_speak_both_languages(client, strict, language):
    make_staff("kim", "editor")
    client.cookies["django_language"] = language
    sign_in(client)
    for path in ("/admin/login/", PAGE, "/admin/forgotten/", "/admin/second-factor/qr.svg"):
        page = Client().get(path) if path == "/admin/login/" else client.get(path)
        policy = page["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert not re.search(r"<script>|style=|onclick", page.content.decode().replace("<style", ""))
    assert ("휴대전화" in client.get(PAGE).content.decode()) == (language == "ko")

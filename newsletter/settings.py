"""All settings, read once from the environment. `docs/operations.md` explains each for operators; what nobody sets is in
`fixed_settings`."""

from email.utils import parseaddr, quote
from pathlib import Path
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from newsletter.env import (
    amount,
    choice,
    dates,
    day,
    flag,
    folder,
    kept_secret,
    named_rates,
    number,
    prefixed,
    prices,
    proxies,
    rate,
    rates,
    text,
    weekday,
    words,
)
from newsletter.env_addresses import base_address, broker, database, list_name, mailbox, site_address, web_address
from newsletter.fixed_settings import *
from newsletter.logs import logging_at

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = folder("VAR_DIR", BASE_DIR / "var")

# ---- the site

DEBUG = flag("DEBUG", False)
SECRET_KEY = kept_secret("SECRET_KEY", VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS", "")
# Links in mails outlive a rotation of SECRET_KEY: the first key signs, every key is accepted.
LINK_KEYS = words("LINK_KEYS", "") or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
# Suppressed addresses are kept as hashes under the first key and found under any: without its key a hash is lost.
SUPPRESSION_KEYS = words("SUPPRESSION_KEYS", "") or LINK_KEYS
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = site_address("SITE_URL", "http://localhost:8000")
SITE_NAME = text("SITE_NAME", "Daily Papers")
OPERATOR = text("OPERATOR", SITE_NAME)
PRIVACY_OFFICER = text("PRIVACY_OFFICER")
PRIVACY_SINCE = day("PRIVACY_SINCE")
PRIVACY_URL = web_address("PRIVACY_URL")
PRIVACY_TEXT_KO = text("PRIVACY_TEXT_KO")
PRIVACY_TEXT_EN = text("PRIVACY_TEXT_EN")
ABOUT_TEXT_KO = text("ABOUT_TEXT_KO")
ABOUT_TEXT_EN = text("ABOUT_TEXT_EN")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "newsletter.urls"
WSGI_APPLICATION = "newsletter.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsletter.context.site",
            ],
        },
    }
]

# ---- storage

DATABASES = {"default": database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE + WAL: measured 0 of 1600 writes locked out against 630 of 1600 without. FULL: the mark "sending"
    # must be on disk before the network is touched.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# ---- languages and time

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "newsletter" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = text("TIME_ZONE", "Asia/Seoul")

# ---- security

ADMIN_SECOND_FACTOR = flag("ADMIN_SECOND_FACTOR", not DEBUG)
ADMIN_IDLE_MINUTES = number("ADMIN_IDLE_MINUTES", 60, 5, 720)
PASSWORD_RESET_TIMEOUT = 3600
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = False  # the proxy in front does it; health checks come over plain HTTP
PROXIES = proxies("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# ---- mail

OUTBOX_DIR = VAR_DIR / "outbox"
EMAIL_BACKEND = text("EMAIL_BACKEND", "newsletter.outbox.EmailBackend")
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 25, 1, 65535)
EMAIL_HOST_USER = text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = number("EMAIL_TIMEOUT", 30, 1, 600)
EMAIL_USE_LOCALTIME = True  # otherwise the Date header says -0000, "zone unknown" (RFC 5322, 3.3)
ANYMAIL = prefixed("ANYMAIL_") | {
    "REQUESTS_TIMEOUT": (10, 30),
    "WEBHOOK_SECRET": words("ANYMAIL_WEBHOOK_SECRET", ""),  # several while one replaces the other
}
# What became of mails is reported by the provider we send through, or by those named, such as the one behind a relay.
EVENT_PROVIDERS = words("EVENT_PROVIDERS", "")
if not EVENT_PROVIDERS and EMAIL_BACKEND.startswith("anymail.backends."):
    EVENT_PROVIDERS = [EMAIL_BACKEND.split(".")[2]]
SNS_TOPIC_ARNS = words("SNS_TOPIC_ARNS", "")
RETURN_PATH = text("RETURN_PATH")
BOUNCE_MAILBOX = text("BOUNCE_MAILBOX")
FROM_EMAIL = mailbox("FROM_EMAIL", f'"{quote(SITE_NAME)}" <digest@daily-papers.example.org>')
DEFAULT_FROM_EMAIL = SERVER_EMAIL = FROM_EMAIL
REPLY_TO = mailbox("REPLY_TO")
LIST_ID = list_name("LIST_ID", "daily-papers.example.org")
POSTAL_ADDRESS = text("POSTAL_ADDRESS", "Daily Papers, 1 Example Street, 00000 Example City")
UNSUBSCRIBE_MAILBOX = mailbox("UNSUBSCRIBE_MAILBOX")
MAIL_ADVERTISING = flag("MAIL_ADVERTISING", False)
MAIL_CHART = choice("MAIL_CHART", ("hosted", "inline"))
DKIM_PRIVATE_KEY = text("DKIM_PRIVATE_KEY")
DKIM_DOMAIN = text("DKIM_DOMAIN", FROM_EMAIL.rpartition("@")[2].rstrip("> ").lower())
DKIM_SELECTOR = text("DKIM_SELECTOR", "papers")
SEND_CONNECTIONS = number("SEND_CONNECTIONS", 8, 1, 200)
SEND_CHUNK = number("SEND_CHUNK", 10, 1, 1000)
SEND_LEASE_SECONDS = number("SEND_LEASE_SECONDS", 30, 10, 3600)
SEND_RATE = rates("SEND_RATE")
SEND_DOMAIN_RATES = named_rates("SEND_DOMAIN_RATES")
SEND_WARM_UP_SINCE = day("SEND_WARM_UP_SINCE")
SEND_DEADLINE_HOURS = number("SEND_DEADLINE_HOURS", 12, 1, 72)
SEND_ONLY_TO = {word.lower().removeprefix("@") for word in words("SEND_ONLY_TO", "")}

# ---- signing up

SIGN_UP_PER_VISITOR = rate("SIGN_UP_PER_VISITOR", "5/h")
SIGN_UP_PER_NETWORK = rate("SIGN_UP_PER_NETWORK", "20/h")
SIGN_UP_PER_ADDRESS = rate("SIGN_UP_PER_ADDRESS", "1/d")
SIGN_UP_MOST_MAILS = number("SIGN_UP_MOST_MAILS", 3, 1, 20)
SIGN_UP_MEMORY_DAYS = number("SIGN_UP_MEMORY_DAYS", 30, 1, 365)
SIGN_UP_PER_DOMAIN = rate("SIGN_UP_PER_DOMAIN", "60/h")
SIGN_UP_MAILS = rate("SIGN_UP_MAILS", "30/m")
SIGN_UP_ALARM = rate("SIGN_UP_ALARM", "300/h")
SIGN_UP_SECONDS = number("SIGN_UP_SECONDS", 1, 0, 60)
SIGN_UP_CAPTCHA = text("SIGN_UP_CAPTCHA")
CONSENT_RENEWAL_MONTHS = number("CONSENT_RENEWAL_MONTHS", 0, 0, 120)
DETAIL_DAYS = number("DETAIL_DAYS", 30, 1, 365)
AUDIT_DAYS = number("AUDIT_DAYS", 730, 90, 36500)
PENDING_DAYS = number("PENDING_DAYS", 14, 7, 90)

# ---- the digest

DIGEST_SOURCES = words("DIGEST_SOURCES", "huggingface,arxiv,deeplearn")
HUGGINGFACE_URL = base_address("HUGGINGFACE_URL", "https://huggingface.co")
ARXIV_API_URL = web_address("ARXIV_API_URL", "https://export.arxiv.org/api/query")
ARXIV_RSS_URL = base_address("ARXIV_RSS_URL", "https://rss.arxiv.org")
ARXIV_CATEGORIES = [name for name in words("ARXIV_CATEGORIES", "cs.AI,cs.CL,cs.CV,cs.LG") if name != "none"]
ARXIV_HOLIDAYS = dates("ARXIV_HOLIDAYS")
DEEPLEARN_URL = base_address("DEEPLEARN_URL", "https://deeplearn.org")
USER_AGENT = f"daily-papers/1.0 (+{SITE_URL}; mailto:{parseaddr(REPLY_TO or FROM_EMAIL)[1]})"
DIGEST_LANGUAGES = words("DIGEST_LANGUAGES", "ko,en")
DIGEST_TIME_ZONE = text("DIGEST_TIME_ZONE", "Asia/Seoul")
DIGEST_BUILD_HOUR = number("DIGEST_BUILD_HOUR", 5, 0, 23)
DIGEST_ALERT_HOUR = number("DIGEST_ALERT_HOUR", 7, 0, 23)
DIGEST_SEND_HOUR = number("DIGEST_SEND_HOUR", 8, 0, 23)
APPROVALS_NEEDED = number("APPROVALS_NEEDED", 1, 1, 5)
APPROVAL_POLICY = choice("APPROVAL_POLICY", ("hold", "send", "titles"))
NAME_EDITORS = flag("NAME_EDITORS", False)
APPROVAL_DEADLINE_HOUR = number("APPROVAL_DEADLINE_HOUR", DIGEST_SEND_HOUR, 0, 23)
DIGEST_WEEKLY_DAY = weekday("DIGEST_WEEKLY_DAY", "monday")
DIGEST_MAX_PAPERS = number("DIGEST_MAX_PAPERS", 30, 1, 200)
for _zone in (TIME_ZONE, DIGEST_TIME_ZONE):
    if _zone not in available_timezones():
        raise ImproperlyConfigured(f"{_zone!r} is no IANA time zone, such as Asia/Seoul.")
if not DIGEST_LANGUAGES or set(DIGEST_LANGUAGES) - {code for code, _name in LANGUAGES}:
    raise ImproperlyConfigured("DIGEST_LANGUAGES must be one or both of ko, en.")

OPENAI_BASE_URL = web_address("OPENAI_BASE_URL")
OPENAI_API_KEY = text("OPENAI_API_KEY")
OPENAI_MODEL = text("OPENAI_MODEL", "gpt-4o-mini")
LLM_AT_ONCE = number("LLM_AT_ONCE", 4, 1, 32)
LLM_DAILY_BUDGET_USD = amount("LLM_DAILY_BUDGET_USD")
LLM_PRICES = prices("LLM_PRICES", "gpt-4o-mini=0.15/0.60")

# ---- the clock and the crew

REDIS_URL = broker("REDIS_URL")
METRICS_TOKEN = text("METRICS_TOKEN")

LOGGING = logging_at(choice("LOG_LEVEL", ("info", "debug", "warning", "error")).upper())

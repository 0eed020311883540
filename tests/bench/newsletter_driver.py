"""Sends one newsletter with django-newsletter; runs in that package's own environment, without ours.

Argument and answer are JSON: {"port", "size", "mails", "folder"} → {"rate"}.
"""

import json
import sys
import time

import django
from django.conf import settings

wish = json.loads(sys.argv[1])
settings.configure(
    SECRET_KEY="x",
    SITE_ID=1,
    USE_TZ=True,
    ROOT_URLCONF="newsletter.urls",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sites",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.admin",
        "sorl.thumbnail",
        "newsletter",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    MIDDLEWARE=[],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{wish['folder']}/peer.sqlite3"}},
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=wish["port"],
    NEWSLETTER_THUMBNAIL="sorl-thumbnail",
)
django.setup()

from django.contrib.sites.models import Site
from django.core.management import call_command

from newsletter.models import Article, Message, Newsletter, Submission, Subscription

call_command("migrate", verbosity=0)
letter = Newsletter.objects.create(title="Papers", slug="papers", email="digest@papers.example", sender="Papers")
letter.site.add(Site.objects.get())
message = Message.objects.create(title="Today", slug="today", newsletter=letter)
# Text and HTML carry the article, so that a mail has about the size that is wanted on the wire.
words = "연구 논문을 소개한다. We present a thing that gains five per cent. "
text = (words * (wish["size"] // len(words.encode()) + 1))[: int(0.21 * wish["size"])]
Article.objects.create(title="Papers", text=text, post=message, sortorder=1)
for n in range(wish["mails"]):
    Subscription.objects.create(newsletter=letter, email_field=f"reader{n}@example.org", subscribed=True)
submission = Submission.from_message(message)
submission.prepared = True
submission.save()
began = time.monotonic()
Submission.submit_queue()
print(json.dumps({"rate": wish["mails"] / (time.monotonic() - began)}))

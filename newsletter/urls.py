"""All addresses of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from newsletter import health, language, metrics

handler500 = "newsletter.errors.trouble"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}web/icon.svg")),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("admin/forgotten/", include("newsletter.signing_in.forgotten")),
    path("admin/statistics/", include("subscribers.statistics.addresses")),
    path("admin/", admin.site.urls),
    path("", include("subscribers.urls")),
    path("", include("digests.urls")),
]

if settings.DEBUG:
    from newsletter import outbox_views

    urlpatterns[:0] = [
        path("outbox/", outbox_views.outbox, name="outbox"),
        path("outbox/<slug:name>/", outbox_views.mail, name="outbox-mail"),
        path("outbox/<slug:name>/html/", outbox_views.body, name="outbox-html"),
    ]

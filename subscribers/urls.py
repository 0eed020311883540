"""Addresses for people who subscribe, choose and leave, and for providers who report. The paths are in mails for years, and
in providers' settings: they do not move."""

from django.urls import path

from subscribers import webhooks
from subscribers.views import confirming, feedback, leaving, own, preferences, privacy, renewing, signing_up

urlpatterns = [
    path("subscribe/", signing_up.subscribe, name="subscribe"),
    path("subscribe/embed/", signing_up.embed, name="embed"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("preferences/<str:token>/", preferences.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", leaving.unsubscribe, name="unsubscribe"),
    path("unsubscribe/<str:token>/less/", leaving.less, name="less"),
    path("return/<str:token>/", leaving.come_back, name="return"),
    path("return/<str:token>/why/", leaving.why, name="why"),
    path("preferences/<str:token>/own/", own.ask, name="ask_own"),
    path("own/<str:token>/", own.own, name="own"),
    path("own/<str:token>/export/", own.export, name="own_export"),
    path("own/<str:token>/erase/", own.erase, name="own_erase"),
    path("address/<str:token>/", own.address, name="address"),
    path("refuse/<str:token>/", own.refuse, name="refuse"),
    path("feedback/<str:token>/<slug:kind>/<slug:day>/", feedback.opinion, name="feedback"),
    path("renew/<str:token>/", renewing.renew, name="renew"),
    path("events/<slug:provider>/", webhooks.events, name="events"),
]

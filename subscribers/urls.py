"""Addresses for people who subscribe, choose and leave, and for providers who report. The paths are in mails for years, and
in providers' settings: they do not move."""

from django.urls import path

from subscribers import views, webhooks

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("events/<slug:provider>/", webhooks.events, name="events"),
]

"""The addresses of inquiries, under ``inquiries/`` of exemptions."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from exemptions.inquiries import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inquiries/", views.inquiries, name="inquiries"),
    path("inquiries/new/<int:pk>/", views.inquiry_new, name="inquiry_new"),
    path("inquiries/send/", views.inquiries_send, name="inquiries_send"),
    path("inquiries/letters/<int:pk>/", views.inquiry_letter, name="inquiry_letter"),
    path("inquiries/letters/<int:pk>/pdf/", views.inquiry_pdf, name="inquiry_pdf"),
    path("inquiries/<int:pk>/", views.inquiry, name="inquiry"),
    path("inquiries/<int:pk>/withdraw/", views.inquiry_withdraw, name="inquiry_withdraw"),
]

from allauth.account import views as account
from django.urls import include, path

from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("staff/", include("accounts.urls")),
    path("people/", include("people.urls")),
    path("loans/", include("loans.urls")),
    path("repayment/", include("repayment.urls")),
    path("exemptions/", include("exemptions.urls")),
    path("letters/", include("notices.urls")),
    path("jobs/", include("jobs.urls")),
    path("rules/", include("rulebook.urls")),
    path("audit/", include("audit.urls")),
    path("", include("desk.urls")),
]

from django.urls import URLPattern, URLResolver, path

from accounts import views

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.staff, name="staff"),
    path("new/", views.staff_new, name="staff_new"),
    path("<int:pk>/", views.member, name="member"),
    path("<int:pk>/change/", views.member_change, name="member_change"),
    path("<int:pk>/link/", views.link_issue, name="link_issue"),
    path("<int:pk>/link/show/", views.link_show, name="link_show"),
    path("<int:pk>/active/", views.member_active, name="member_active"),
    path("<int:pk>/unlock/", views.member_unlock, name="member_unlock"),
    path("<int:pk>/roles/", views.role_grant, name="role_grant"),
    path("assignments/<int:pk>/end/", views.role_end, name="role_end"),
    path("roles/", views.roles, name="roles"),
    path("deputies/", views.deputies, name="deputies"),
    path("deputies/<int:pk>/end/", views.deputy_end, name="deputy_end"),
    path("offices/", views.offices, name="offices"),
    path("offices/new/", views.office_new, name="office_new"),
    path("offices/<int:pk>/", views.office, name="office"),
    path("offices/<int:pk>/letterhead/", views.letterhead_new, name="letterhead_new"),
    path("me/", views.me, name="me"),
    path("enrol/<str:token>/", views.enrol, name="enrol"),
]

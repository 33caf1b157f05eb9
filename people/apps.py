from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    label = "people"
    verbose_name = "借受人と世帯"

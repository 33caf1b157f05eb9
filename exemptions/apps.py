from django.apps import AppConfig


class ExemptionsConfig(AppConfig):
    name = "exemptions"
    label = "exemptions"
    verbose_name = "償還免除"

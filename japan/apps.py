from django.apps import AppConfig


class JapanConfig(AppConfig):
    name = "japan"
    label = "japan"
    verbose_name = "日本の暦・金額・かな"

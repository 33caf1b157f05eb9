from django.apps import AppConfig


class RepaymentConfig(AppConfig):
    name = "repayment"
    label = "repayment"
    verbose_name = "償還"

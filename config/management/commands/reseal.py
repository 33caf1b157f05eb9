from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.field_keys import current_key_id
from audit.actors import Actor
from config.sign_in import reseal_second_factors
from people.bank_accounts import reseal_accounts

BY = Actor.machine("reseal")


class Command(BaseCommand):
    help = (
        "Seals bank accounts and second factors again with the first key of FIELD_KEY. Run it after putting a new key in "
        "front; when it says that nothing is left, the old key may go. It can be stopped and started again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="accounts in one transaction")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        factors = reseal_second_factors(by=BY, at=timezone.now())
        accounts = 0
        while done := reseal_accounts(limit=batch, by=BY, at=timezone.now()):
            accounts += done
            self.stdout.write(f"bank accounts: {accounts}")
        self.stdout.write(
            f"key {current_key_id()}: {accounts} bank accounts and {factors} second factors sealed again, nothing left"
        )

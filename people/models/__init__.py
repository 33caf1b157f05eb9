from people.models.addresses import Address, AddressReveal
from people.models.bank_accounts import BankAccount
from people.models.households import Household, HouseholdMember
from people.models.papers import Paper, TaxCertificate
from people.models.periods import in_force
from people.models.persons import Caseload, MailBlock, Person, PersonQuerySet, Phone, Protection

__all__ = [
    "Address",
    "AddressReveal",
    "BankAccount",
    "Caseload",
    "Household",
    "HouseholdMember",
    "MailBlock",
    "Paper",
    "Person",
    "PersonQuerySet",
    "Phone",
    "Protection",
    "TaxCertificate",
    "in_force",
]

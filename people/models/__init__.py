from people.models.addresses import Address, AddressReveal
from people.models.bank_accounts import BankAccount
from people.models.corrections import PersonCorrection
from people.models.documents import Document, DocumentFile, DocumentWithdrawal
from people.models.former_names import FormerName
from people.models.households import Household, HouseholdMember
from people.models.merging import Merge, MergedRow, MergeUndo, PersonPair
from people.models.papers import AssistanceNotice, DisabilityCertificate, EventProof, Paper, TaxCertificate
from people.models.periods import in_force
from people.models.persons import Caseload, MailBlock, Person, PersonQuerySet, Phone, Protection
from people.models.protections import ProtectionEnding
from people.models.transit import TransitBatch, TransitExtra, TransitItem, TransitStep

__all__ = [
    "Address",
    "AddressReveal",
    "AssistanceNotice",
    "BankAccount",
    "Caseload",
    "DisabilityCertificate",
    "Document",
    "DocumentFile",
    "DocumentWithdrawal",
    "EventProof",
    "FormerName",
    "Household",
    "HouseholdMember",
    "MailBlock",
    "Merge",
    "MergeUndo",
    "MergedRow",
    "Paper",
    "Person",
    "PersonCorrection",
    "PersonPair",
    "PersonQuerySet",
    "Phone",
    "Protection",
    "ProtectionEnding",
    "TaxCertificate",
    "TransitBatch",
    "TransitExtra",
    "TransitItem",
    "TransitStep",
    "in_force",
]

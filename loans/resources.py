"""The files about other councils' loans that can be taken in, and the lists of loans that may be taken out."""

from __future__ import annotations

from jobs.importing.kinds import ImportKind
from loans.taking_in.elsewhere import ElsewhereResource, check_elsewhere, commit_elsewhere, elsewhere_key
from loans.taking_out import APPLICATIONS

IMPORTS = (
    ImportKind(
        code="loans_elsewhere",
        label="他の都道府県の特例貸付",
        hint="転入した方が他の都道府県で借りた特例貸付。残高には数えません。借受人の取込が先です。",
        resource=ElsewhereResource,
        key=elsewhere_key,
        check=check_elsewhere,
        commit=commit_elsewhere,
        sample=(
            (
                "M0000001", "架空県社会福祉協議会", "緊急小口資金（特例）", "令和2年5月11日", "", "200,000円",
                "貸付決定通知書の写し",
            ),
            (
                "M0000002", "架空県社会福祉協議会", "総合支援資金（初回貸付）", "R2.7.1", "2020-09", "",
                "貸付決定通知書の写し",
            ),
        ),
    ),
)  # fmt: skip
EXPORTS = (APPLICATIONS,)

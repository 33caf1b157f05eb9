"""The files about loans and payments that can be taken in, with a sample of each, and the lists that may be taken out."""

from __future__ import annotations

from jobs.importing.kinds import ImportKind
from repayment.closing.taking_out import CLOSING_CELLS, CLOSING_LOANS
from repayment.slips.taking_in import SlipResource, check_slips, commit_slips, receipt_key, take_back_slips
from repayment.taking_in.deposits import DepositResource, check_deposits, commit_deposits, deposit_key
from repayment.taking_in.loans import LoanResource, check_loans, commit_loans, give_up, leave, paid_or_exempted
from repayment.taking_in.openings import OpeningResource, check_openings, commit_openings
from repayment.taking_in.payments import (
    PaymentResource,
    check_payments,
    commit_payments,
    counter_entries,
    exempted_since,
    payment_key,
)
from repayment.taking_out import LEDGER
from repayment.transfers.taking_out import TRANSFER_LINES

IMPORTS = (
    ImportKind(
        code="loans",
        label="貸付",
        hint="貸付コードごとに1行。借受人の取込が先です。償還計画も同時に作成します。",
        resource=LoanResource,
        key=lambda values: str(values["code"]),
        check=check_loans,
        commit=commit_loans,
        takers={"loans_loan": give_up, "repayment_repaymentplan": leave},
        dependents=paid_or_exempted,
        looked_after=frozenset({"repayment_ledgerentry", "repayment_loantotals"}),
        counters="「誤登録」として残し、貸付コードを空けます（残高には数えません）。",
        sample=(
            (
                "9900001", "M0000001", "緊急小口資金（特例）", "01", "令和2年6月10日", "令和2年6月17日", "令和2年6月24日", "2",
                "¥200,000", "24", "2023-01",
            ),
            (
                "9900002", "M0000002", "総合支援資金（初回貸付）", "01", "2020-08-03", "2020-08-12", "2020-10-20", "2",
                "600,000円", "120回", "2023/1",
            ),
        ),
    ),
    ImportKind(
        code="openings",
        label="開始残高（他システムからの移行）",
        hint="移行日の入金済額・免除済額・滞納額。貸付の取込が先です。貸付ごとに一度だけ登録できます。",
        resource=OpeningResource,
        key=lambda values: str(values["code"]),
        check=check_openings,
        commit=commit_openings,
        takers={"repayment_ledgerentry": counter_entries},
        dependents=exempted_since,
        counters="反対の記帳で取り消します（元の記帳は残ります）。",
        sample=(
            ("9900001", "令和8年4月1日", "200,000円", "24,990円", "0", "¥175,010"),
            ("9900002", "R8.4.1", "600,000", "60,000", "0円", "135,000"),
        ),
    ),
    ImportKind(
        code="payments",
        label="入金",
        hint="入金番号（銀行や払込票の番号）ごとに1行。同じ入金番号は二度記帳されません。",
        resource=PaymentResource,
        key=payment_key,
        check=check_payments,
        commit=commit_payments,
        takers={"repayment_ledgerentry": counter_entries},
        counters="反対の記帳で取り消します（元の記帳は残ります）。",
        dependents=exempted_since,
        sample=(
            ("2023-0001", "9900001", "令和5年1月26日", "8,330円", "口座振替"),
            ("2023-0002", "9900002", "R5.1.26", "５，０００", "口座振替"),
        ),
    ),
    ImportKind(
        code="slips",
        label="払込票の入金",
        hint="収納代行会社の収納番号ごとに1行。金額は払込票の金額と同じでなければなりません。",
        resource=SlipResource,
        key=receipt_key,
        check=check_slips,
        commit=commit_slips,
        takers={"repayment_ledgerentry": take_back_slips},
        looked_after=frozenset({"repayment_paymentslip"}),
        counters="反対の記帳で取り消し、払込票は支払い待ちに戻します（元の記帳は残ります）。",
        dependents=exempted_since,
        sample=(
            ("R0000001", "91999999000000000000000001001027053100125002", "令和9年5月20日", "12,500円", "見本店"),
            ("R0000002", "(91)999999-000000000000000001001 0 270531-0-012500-2", "R9.5.21", "12500", ""),
        ),
    ),
    ImportKind(
        code="deposits",
        label="入金明細（銀行振込・窓口）",
        hint="入金番号ごとに1行。貸付コードと支払人が合う入金は記帳し、合わない入金は仮受に入れます。",
        resource=DepositResource,
        key=deposit_key,
        check=check_deposits,
        commit=commit_deposits,
        takers={"repayment_ledgerentry": counter_entries},
        counters="反対の記帳で取り消します（元の記帳は残ります）。",
        dependents=exempted_since,
        private=frozenset({"支払人カナ", "口座番号"}),
        sealed=frozenset({"口座番号"}),
        sample=(
            ("F-0001", "令和5年1月26日", "8,330円", "銀行振込", "ミホン タカコ", "9900001", "9999", "999", "0000123", ""),
            ("F-0002", "R5.1.27", "5,000", "窓口", "ミホン タイチ", "", "", "", "", "コード不明"),
        ),
    ),
)  # fmt: skip

EXPORTS = (CLOSING_CELLS, CLOSING_LOANS, LEDGER, TRANSFER_LINES)

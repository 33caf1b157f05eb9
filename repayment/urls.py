from django.urls import URLPattern, URLResolver, path

from repayment.aftercare import views as aftercare
from repayment.agreements import views as agreements
from repayment.closing import views as closing
from repayment.cutover import views as cutover
from repayment.deferring.urls import urlpatterns as deferring
from repayment.history import views as history
from repayment.replanning import views as replanning
from repayment.views import debit_results as results
from repayment.views import debit_settings, debits, loan, payments, payout, refunds, script, suspense, transfers

app_name = "repayment"

urlpatterns: list[URLPattern | URLResolver] = [
    path("history/<int:pk>/", history.enter, name="history_enter"),
    path("loans/<int:pk>/", loan.loan, name="loan"),
    path("loans/<int:pk>/payments/", payments.payment_new, name="payment_new"),
    path("loans/<int:pk>/entries/<int:entry>/reverse/", payments.payment_reverse, name="payment_reverse"),
    path("loans/<int:pk>/payout/", payout.payout, name="payout"),
    path("loans/<int:pk>/payout/change/", payout.change_propose, name="change_propose"),
    path("loans/<int:pk>/payout/sanction/", payout.sanction_propose, name="sanction_propose"),
    path(
        "loans/<int:pk>/payout/<slug:kind>/<int:proposal>/<slug:answer>/",
        payout.proposal_answer,
        name="proposal_answer",
    ),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/lock/", transfers.transfer_lock, name="transfer_lock"),
    path("transfers/sender/", transfers.sender, name="sender"),
    path("transfers/sender/register/", transfers.sender_register, name="sender_register"),
    path("transfers/<int:pk>/", transfers.transfer, name="transfer"),
    path("transfers/<int:pk>/file/", transfers.transfer_file, name="transfer_file"),
    path("transfers/<int:pk>/returned/", transfers.transfer_return, name="transfer_return"),
    path("transfers/<int:pk>/moves/<slug:step>/", transfers.transfer_move, name="transfer_move"),
    path("debits/", debits.debits, name="debits"),
    path("debits/lock/", debits.debit_lock, name="debit_lock"),
    path("debits/results/", results.debit_results, name="debit_results"),
    path("debits/results/take-in/", results.debit_take_in, name="debit_take_in"),
    path("debits/failures/", results.debit_failures, name="debit_failures"),
    path("debits/failures/<int:pk>/", results.debit_handle, name="debit_handle"),
    path("debits/stops/", results.debit_stops, name="debit_stops"),
    path("debits/settings/", debit_settings.debit_settings, name="debit_settings"),
    path("debits/settings/originator/", debit_settings.originator_register, name="originator_register"),
    path("debits/settings/bank-day/", debit_settings.bank_day_register, name="bank_day_register"),
    path("debits/mandates/", debit_settings.mandates, name="mandates"),
    path("debits/mandates/<int:pk>/<slug:move>/", debit_settings.mandate_move, name="mandate_move"),
    path("debits/<int:pk>/", debits.debit, name="debit"),
    path("debits/<int:pk>/file/", debits.debit_file, name="debit_file"),
    path("debits/<int:pk>/practice/", debits.debit_practice, name="debit_practice"),
    path("debits/<int:pk>/moves/<slug:step>/", debits.debit_move, name="debit_move"),
    path("debits/<int:pk>/stops/", results.debit_stop_request, name="debit_stop_request"),
    path("debits/<int:pk>/stops/file/", results.debit_stop_file, name="debit_stop_file"),
    path("suspense/", suspense.suspense, name="suspense"),
    path("suspense/<int:pk>/", suspense.suspense_item, name="suspense_item"),
    path("suspense/<int:pk>/assign/", suspense.suspense_assign, name="suspense_assign"),
    path("suspense/<int:pk>/return/", suspense.suspense_return, name="suspense_return"),
    path("refunds/", refunds.refunds, name="refunds"),
    path("refunds/<int:pk>/", refunds.refund, name="refund"),
    path("refunds/<int:pk>/<slug:step>/", refunds.refund_move, name="refund_move"),
    path("aftercare/", aftercare.aftercare, name="aftercare"),
    path("aftercare/assistance/<int:pk>/", aftercare.assistance_check, name="assistance_check"),
    path("closings/", closing.closing_list, name="closings"),
    path("closings/prepare/", closing.closing_prepare, name="closing_prepare"),
    path("closings/<int:pk>/", closing.closing, name="closing"),
    path("closings/<int:pk>/rows/", closing.closing_rows, name="closing_rows"),
    path("closings/<int:pk>/<slug:move>/", closing.closing_answer, name="closing_answer"),
    path("statistics/", closing.statistics, name="statistics"),
    path("statistics/rows/", closing.statistics_rows, name="statistics_rows"),
    *deferring,
    path("cutover/", cutover.reconciliations, name="reconciliations"),
    path("cutover/<int:pk>/", cutover.compare, name="reconciliation"),
    path("cutover/<int:pk>/<slug:move>/", cutover.settle, name="settle"),
    path("scripts/<int:pk>/", script.script, name="script"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<int:pk>/", agreements.agreement, name="agreement"),
    path("agreements/<int:pk>/<slug:answer>/", agreements.agreement_answer, name="agreement_answer"),
    path("loans/<int:pk>/agreements/new/", agreements.agreement_new, name="agreement_new"),
    path("loans/<int:pk>/agreements/preview/", agreements.agreement_preview, name="agreement_preview"),
    path("plan-changes/", replanning.plan_changes, name="plan_changes"),
    path("plan-changes/<int:pk>/", replanning.plan_change, name="plan_change"),
    path("plan-changes/<int:pk>/<slug:answer>/", replanning.plan_change_answer, name="plan_change_answer"),
    path("loans/<int:pk>/plan-changes/new/", replanning.plan_change_new, name="plan_change_new"),
    path("loans/<int:pk>/plan-changes/preview/", replanning.plan_change_preview, name="plan_change_preview"),
]

from django.urls import URLPattern, URLResolver, path

from exemptions.bulk import views as bulk
from exemptions.candidates import views as candidates
from exemptions.codes import views as codes
from exemptions.flowchart import views as flowchart
from exemptions.inquiries.urls import urlpatterns as inquiries
from exemptions.reliefs import views as reliefs
from exemptions.revoking import views as revoking
from exemptions.second_looks import views as second_looks
from exemptions.simulating import views as simulating
from exemptions.views import decided, entering, queueing, reviewing, sheets, showing, waiting
from exemptions.workload import views as workload

app_name = "exemptions"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queueing.queue, name="queue"),
    path("next/", queueing.take_next, name="take_next"),
    path("flow/", workload.flow, name="flow"),
    path("assign/", workload.assign, name="assign"),
    path("waiting/", waiting.waiting, name="waiting"),
    path("decisions/", decided.decisions, name="decisions"),
    path("codes/", codes.codes, name="codes"),
    path("codes/<int:pk>/", codes.codes_told, name="codes_told"),
    path("sheets/<int:pk>/", sheets.sheets, name="sheets"),
    path("sheets/<int:pk>/pdf/", sheets.sheets_pdf, name="sheets_pdf"),
    path("sheets/<int:pk>/post/", sheets.sheets_post, name="sheets_post"),
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/<int:pk>/", candidates.candidate, name="candidate"),
    path("candidates/<int:pk>/dismiss/", candidates.dismiss, name="candidate_dismiss"),
    path("bulk/", bulk.bulks, name="bulks"),
    path("bulk/draw/", bulk.draw, name="bulk_draw"),
    path("bulk/<int:pk>/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/<slug:step>/", bulk.step, name="bulk_step"),
    path("revocations/", revoking.revocations, name="revocations"),
    path("revocations/<int:pk>/", revoking.revocation, name="revocation"),
    path("revocations/<int:pk>/<slug:answer>/", revoking.revocation_answer, name="revocation_answer"),
    path("second-looks/", second_looks.second_looks, name="second_looks"),
    path("second-looks/draw/", second_looks.draw, name="second_look_draw"),
    path("second-looks/<int:pk>/", second_looks.second_look, name="second_look"),
    path("second-looks/<int:pk>/give/", second_looks.give, name="second_look_give"),
    path("second-looks/<int:pk>/conclude/", second_looks.conclude, name="second_look_conclude"),
    path("second-looks/pairs/<int:pk>/", second_looks.pair, name="unlike_pair"),
    path("second-looks/pairs/<int:pk>/conclude/", second_looks.conclude_pair, name="unlike_pair_conclude"),
    path("enter/", entering.enter, name="enter"),
    path("enter/missing/", entering.missing, name="missing"),
    path("flowchart/", flowchart.flowchart, name="flowchart"),
    path("reliefs/<int:pk>/<slug:relief>/", reliefs.relief, name="relief"),
    path("simulations/of/<int:pk>/", simulating.simulations, name="simulations"),
    path("simulations/of/<int:pk>/start/", simulating.start, name="simulate"),
    path("simulations/of/<int:pk>/check/", simulating.check, name="check_publication"),
    path("simulations/<int:pk>/", simulating.simulation, name="simulation"),
    path("simulations/<int:pk>/loans/", simulating.loans, name="simulation_loans"),
    path("simulations/<int:pk>/cancel/", simulating.cancel, name="simulation_cancel"),
    *inquiries,
    path("<int:pk>/", showing.detail, name="detail"),
    path("<int:pk>/edit/", entering.edit, name="edit"),
    path("<int:pk>/deficiencies/", showing.deficiency_list, name="deficiency_list"),
    path("<int:pk>/assessments/<int:number>/", showing.assessment, name="assessment"),
    path("<int:pk>/revocation/", revoking.revocation_new, name="revocation_new"),
    path("<int:pk>/review/", reviewing.review, name="review"),
    path("<int:pk>/claim/", queueing.claim, name="claim"),
    path("<int:pk>/release/", queueing.release, name="release"),
    path("<int:pk>/aside/", queueing.lay_aside, name="lay_aside"),
    path("<int:pk>/take-up/", queueing.take_up, name="take_up"),
    path("<int:pk>/<slug:step>/", reviewing.move, name="move"),
]

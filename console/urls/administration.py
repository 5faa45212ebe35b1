"""The administrator's pages."""

from django.urls import URLPattern

from console.access import page
from console.views.administration import (
    api,
    consents,
    deadlines,
    external_lists,
    health,
    imports,
    parties,
    retention,
    samples,
    stop,
)

urlpatterns: list[URLPattern] = [
    page("consents/", consents.consents, name="consents"),
    page("consents/find/", consents.consents_find, name="consents_find"),
    page("consents/<int:consent_id>/", consents.consent, name="consent"),
    page(
        "consents/<int:consent_id>/withdraw/",
        consents.consent_take_back,
        name="consent_withdraw",
    ),
    page("consents/samples/", samples.samples, name="samples"),
    page("consents/samples/<int:sample_id>/", samples.sample, name="sample"),
    page("consents/samples/<int:sample_id>/check/", samples.sample_check, name="sample_check"),
    page("consents/samples/draw/<int:whitelist_id>/", samples.sample_draw, name="sample_draw"),
    page("imports/", imports.imports, name="imports"),
    page("imports/<int:upload_id>/", imports.import_one, name="import"),
    page("imports/upload/<str:what>/", imports.import_upload, name="import_upload"),
    page("imports/<int:upload_id>/columns/", imports.import_columns, name="import_columns"),
    page("imports/<int:upload_id>/apply/", imports.import_agree, name="import_apply"),
    page("imports/<int:upload_id>/discard/", imports.import_let_go, name="import_discard"),
    page("imports/<int:upload_id>/rejects/", imports.import_rejects, name="import_rejects"),
    page("deadlines/", deadlines.deadlines, name="deadlines"),
    page("parties/", parties.parties, name="parties"),
    page("parties/operator/", parties.operator_record, name="operator_register"),
    page("parties/register/", parties.principal_new, name="principal_register"),
    page("parties/licences/record/", parties.licence_new, name="licence_record"),
    page("parties/licences/<int:licence_id>/renew/", parties.licence_renew, name="licence_renew"),
    page("parties/mandates/<int:mandate_id>/end/", parties.mandate_stop, name="mandate_end"),
    page(
        "parties/documents/<int:document_id>/revoke/",
        parties.document_stop,
        name="document_revoke",
    ),
    page("parties/<int:principal_id>/<slug:what>/", parties.principal_act, name="principal_act"),
    page("do-not-call/", external_lists.external_lists, name="external_lists"),
    page(
        "do-not-call/register/",
        external_lists.external_list_new,
        name="external_list_register",
    ),
    page(
        "do-not-call/<slug:code>/read/",
        external_lists.external_list_read,
        name="external_list_read",
    ),
    page("health/", health.health, name="health"),
    page("health/parts/", health.health_parts, name="health_parts"),
    page("health/papers/", health.health_papers, name="health_papers"),
    page("health/check/", health.self_check, name="self_check"),
    page("stop/", stop.stop, name="stop"),
    page("stop/engage/", stop.stop_engage, name="stop_engage"),
    page("stop/<int:switch_id>/release/", stop.stop_release, name="stop_release"),
    page("retention/", retention.retention, name="retention"),
    page("retention/hold/", retention.hold_set, name="hold_place"),
    page("retention/hold/<int:hold_id>/lift/", retention.hold_lift_ask, name="hold_lift"),
    page("api-document/", api.api_document, name="api_document"),
]

"""The rulebook's pages."""

from django.urls import URLPattern

from console.access import page
from console.views.rulebook import editions, propose, replay, tree

urlpatterns: list[URLPattern] = [
    page("rules/", tree.rulebook, name="rulebook"),
    page("rules/editions/", editions.rulebook_editions, name="rulebook_editions"),
    page("rules/editions/<int:edition_id>/", editions.rulebook_edition, name="rulebook_edition"),
    page(
        "rules/editions/<int:edition_id>/replay/",
        replay.rulebook_replay_start,
        name="rulebook_replay_start",
    ),
    page("rules/diff/", editions.rulebook_diff, name="rulebook_diff"),
    page("rules/replays/<uuid:job_id>/", replay.rulebook_replay, name="rulebook_replay"),
    page("rules/<str:rule_id>/", tree.rulebook_rule, name="rulebook_rule"),
    page("rules/<str:rule_id>/propose/", propose.rulebook_propose, name="rulebook_propose"),
]

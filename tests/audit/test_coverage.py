"""Nothing is done without an entry, and no action is on the list that nothing does."""

from pathlib import Path

import pytest

from audit.actions import BY_NAME
from compliance.models import ComplaintEvent, IncidentEvent, SubjectRequestEvent
from console.models import Vote
from tests.audit.code import (
    ROOT,
    Module,
    actions_named,
    actions_recorded,
    modules,
    read,
    unrecorded,
)

# Actions that a variable makes: what may stand for the star.
FAMILIES = {
    "complaint.*": set(ComplaintEvent.Kind.values),
    "incident.*": set(IncidentEvent.Kind.values),
    "subject_request.*": set(SubjectRequestEvent.Kind.values),
    "approval.*": {*Vote.Verdict.values, "proposed", "denied", "carried_out", "failed"},
    "quiet_days.*": {"declared", "revoke_asked", "revoked"},
}


# Who writes without an entry of its own, and where the entry is.
ELSEWHERE = {
    "audit.digests.chunks:keep": "state.digested, by state_digest",
    "audit.digests.digest:state_check": "keeps nothing: it only compares",
    "compliance.api.idempotency:once": "what a request was answered; the operation records itself",
    "compliance.imports.given_back:uploads_sweep": "sealed files that nobody read, after a week",
    "compliance.imports.uploads:upload_plan": "list.uploaded came before; applying is recorded",
    "compliance.services.rule_hours_count:rule_hours_count": "sums of decisions, made from them",
    "compliance.tasks:rule_hours": "as above",
    "compliance.tasks:webhooks": "messages about entries that are on the trail",
    "compliance.webhooks.collect:collect": "as above",
    "compliance.webhooks.deliver:deliver": "how far they are",
    "config.history.calls:calls_store": "copies for measurements, where no real record is",
    "config.history.people:people_make": "as above",
    "console.health.marks:remember": "since when a part is as it is; the parts record themselves",
    "console.jobs.kinds.self_check:run": "what a check found, whose job is on the trail",
    "console.tasks:health": "as the marks",
    "console.views.administration.health:health": "as the marks",
    "console.views.administration.health:health_papers": "as the marks",
    "console.views.administration.health:health_parts": "as the marks",
    "console.log_ins:end_all": "whoever closes the account or resets the factor records",
    "console.log_ins:renewed": "the same log-in under another key",
    "console.log_ins:standing": "rows of sessions that have expired",
    "console.models.second_factor:SecondFactor.verify": "user.factor_verified or factor_failed",
    "console.second_factor:factor_to_enrol": "user.factor_enrolled, once its first code is shown",
    "console.selectors.audit.head:remember": "what a reader saw last, in the reader's own row",
    "console.views.frame.sessions:sessions": "as standing",
    "compliance.grants:grants_make": "database.granted, by database_roles",
    "config.demo.database:start_afresh": "makes the demo's database, before there is a trail",
    "config.demo.roles:become": "logs this process in as another role",
    "compliance.imports.plan:compare": "changes the import's own row; applying is recorded",
    "compliance.imports.plan:import_plan": "stages a list; applying or discarding is recorded",
    "compliance.imports.progress:move": "how far an import is",
    "compliance.imports.staging:Staging.add_people": "import_apply records",
    "compliance.imports.staging:Staging.copy": "a staging table, dropped with the import",
    "compliance.imports.staging:Staging.copy_rejects": "a staging table",
    "compliance.imports.staging:Staging.unstage": "a staging table",
    "compliance.services.complaint_accuse:accuse_by_calls": "complaint.opened tells it",
    "compliance.services.complaint_accuse:accuse_filing": "complaint.opened tells it",
    "compliance.services.consents_import:ConsentsImport.hold": "import_apply records",
    "compliance.services.person_for_number:people_for_numbers": "whoever needs the person records",
    "compliance.services.person_for_number:person_for_number": "whoever needs the person records",
    "compliance.services.seat_duty:seat_pressed_ready": "seat.ready, by seat_press",
    "dialer.line_process.desk:Desk.stop": "line.stopped, by the process itself",
    "dialer.models.preview:Preview.close": "preview.ended, by preview_end",
    "dialer.services.lead_stand_down:lead_stand_down": "the gate, or question_ask, recorded why",
    "dialer.models.lead:Lead.claim": "the gate records what comes of it",
    "dialer.models.seat_session:SeatSession.move": "the gate records what comes of it",
    "dialer.services.call_progress:call_answered": "call.ended tells when",
    "dialer.services.call_progress:call_ringing": "call.ended tells when",
    "dialer.services.call_progress:call_sent": "call.ended tells the Call-ID",
    "dialer.recording.sealed_writer:SealedWriter.add": "a file; recording.closed tells its digest",
    "dialer.recording.sealed_writer:SealedWriter.finish": "a file, as above",
    "dialer.services.desk_press:presses_take": "call.desk_pressed told it when the agent pressed",
    "dialer.services.seat_phone_state:phones_down": "live state, as a heartbeat is",
    "dialer.services.seat_phone_state:phones_of_trunk_down": "live state, as above",
    "dialer.services.seat_phone_state:phones_up": "live state, as above",
    "dialer.services.call_release:call_release": "permit.voided or permit.expired came before",
}


def emitted() -> set[str]:
    named = actions_named(modules())
    made = {
        star.replace("*", kind)
        for star, kinds in FAMILIES.items()
        if star in named
        for kind in kinds
    }
    return (named | made) & BY_NAME.keys()


def written(tmp_path: Path, text: str) -> Module:
    path = tmp_path / "compliance" / "services" / "made_up.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return read(path, root=tmp_path)


class TestActions:
    def test_are_each_recorded_by_something(self) -> None:
        assert BY_NAME.keys() - emitted() == set()

    def test_that_are_recorded_are_on_the_list(self) -> None:
        said = {name for one in modules() for name in actions_recorded(one) if "." in name}

        assert said - BY_NAME.keys() - FAMILIES.keys() == set()

    def test_that_nothing_records_are_found(self, tmp_path: Path) -> None:
        module = written(tmp_path, 'entries(action="line.lost")\nx = "line.started"\n')

        assert actions_named((module,)) == set()


class TestWriters:
    def test_each_reach_an_entry_or_are_named_here(self) -> None:
        assert unrecorded(modules()) == ELSEWHERE.keys()

    @pytest.mark.parametrize(
        "write",
        [
            "Thing.objects.create(x=1)",
            "Thing.objects.filter(pk=1).update(x=2)",
            "row.delete()",
            "cursor.execute('UPDATE compliance_thing SET x = 1')",
            "cursor.execute(SQL)",
            "_write(row)",
            "thing_save(row)",
        ],
    )
    @pytest.mark.parametrize("records", [False, True])
    def test_are_found_however_they_write(
        self, tmp_path: Path, write: str, *, records: bool
    ) -> None:
        module = written(
            tmp_path,
            "from audit import record as audit\n"
            "from compliance.services.made_up import thing_save\n"
            "SQL = 'DELETE FROM compliance_thing'\n"
            "def _write(row):\n    row.save()\n"
            f"def thing_change(row, cursor):\n    {write}\n    {'audit.record(1)' * records}\n"
            "def thing_save(row):\n    row.save()\n",
        )

        found = unrecorded((module,)) - {"compliance.services.made_up:thing_save"}

        expected = set() if records else {"compliance.services.made_up:thing_change"}
        assert found == expected

    def test_are_all_looked_at(self) -> None:
        assert {"audit.record", "compliance.gate", "dialer.services.call_end"} <= {
            module.name for module in modules()
        }
        assert ROOT.joinpath("manage.py").is_file()

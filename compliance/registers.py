"""The registers whose state is digested every night, and which entries tell of their rows."""

from datetime import datetime

from audit.digests.registers import Register, Told
from audit.models import AuditEntry
from compliance.lists.moments import LOCAL
from compliance.models import (
    CalendarYear,
    CallerNumber,
    CampaignFiling,
    CommitmentLetter,
    Consent,
    ConsentForm,
    ContactList,
    Deployment,
    ExternalList,
    Honeypot,
    ImpactAssessment,
    KillSwitch,
    Licence,
    LiftRequest,
    Mandate,
    Operator,
    Outlet,
    PackEdition,
    Principal,
    PrincipalDocument,
    ProtectedNumber,
    QuietDays,
    Refusal,
    RefusalLift,
    ScriptVersion,
    Seat,
    StaffRecord,
    Trunk,
    User,
    Violator,
    Whitelist,
)

# What people have said no and yes to
SAID = (
    Register(
        name="refusals",
        model=Refusal,
        told=(
            Told(by="refusal:{id}"),
            Told(by="registry:refusals", actions={"refusals.imported"}, many=True),
        ),
    ),
    Register(name="lift_requests", model=LiftRequest, told=(Told(by="refusal:{refusal_id}"),)),
    Register(name="refusal_lifts", model=RefusalLift, told=(Told(by="refusal:{refusal_id}"),)),
    Register(
        name="consents",
        model=Consent,
        told=(
            Told(by="consent:{id}"),
            Told(
                by="whitelist:{whitelist_id}",
                actions={"consents.imported", "consent.recorded"},
                many=True,
            ),
        ),
    ),
    Register(name="consent_forms", model=ConsentForm, told=(Told(by="consent_form:{id}"),)),
    Register(
        name="protected_numbers",
        model=ProtectedNumber,
        told=(Told(by="protected:{kind}", many=True),),
    ),
    Register(name="external_lists", model=ExternalList, told=(Told(by="external_list:{id}"),)),
    Register(name="honeypots", model=Honeypot, told=(Told(by="honeypot:{id}"),)),
)

# Who calls for whom, on what, and who works here
PARTIES = (
    Register(name="operators", model=Operator, told=(Told(by="operator:{id}"),)),
    Register(name="licences", model=Licence, told=(Told(by="licence:{id}"),)),
    Register(name="principals", model=Principal, told=(Told(by="principal:{id}"),)),
    Register(name="mandates", model=Mandate, told=(Told(by="mandate:{id}"),)),
    Register(name="documents", model=PrincipalDocument, told=(Told(by="document:{id}"),)),
    Register(name="letters", model=CommitmentLetter, told=(Told(by="letter:{id}"),)),
    Register(name="violators", model=Violator, told=(Told(by="violator:{id}"),)),
    Register(name="outlets", model=Outlet, told=(Told(by="outlet:{id}"),)),
    Register(name="seats", model=Seat, told=(Told(by="seat:{id}"),)),
    Register(
        name="users",
        model=User,
        told=(Told(by="u:{id}", actions={"user.created", "user.closed"}),),
        without=("password", "last_login"),
    ),
    Register(
        name="passwords",  # a log-in may store an old one anew, with more rounds
        model=User,
        told=(
            Told(by="u:{id}", actions={"user.created", "user.password_changed", "user.logged_in"}),
        ),
        only=("password",),
    ),
    Register(name="staff", model=StaffRecord, told=(Told(by="u:{agent_id}"),)),
    Register(name="trunks", model=Trunk, told=(Told(by="trunk:{id}"),)),
    Register(name="caller_numbers", model=CallerNumber, told=(Told(by="caller_number:{id}"),)),
)

# What may be said to whom, and what stops all of it
RULES = (
    Register(name="pack_editions", model=PackEdition, told=(Told(by="edition:{id}"),)),
    Register(name="deployments", model=Deployment, told=(Told(by="deployment:{id}"),)),
    Register(name="calendar_years", model=CalendarYear, told=(Told(by="calendar:{id}"),)),
    Register(name="quiet_days", model=QuietDays, told=(Told(by="quiet_days:{id}"),)),
    Register(name="kill_switches", model=KillSwitch, told=(Told(by="kill_switch:{id}"),)),
    Register(name="scripts", model=ScriptVersion, told=(Told(by="script:{id}"),)),
    Register(name="assessments", model=ImpactAssessment, told=(Told(by="assessment:{id}"),)),
    Register(name="lists", model=ContactList, told=(Told(by="list:{id}"),)),
    Register(
        name="whitelists",
        model=Whitelist,
        told=(Told(by="whitelist:{id}"), Told(by="principal:{principal_id}")),
    ),
    Register(name="campaigns", model=CampaignFiling, told=(Told(by="filing:{id}"),)),
)

REGISTERS = (*SAID, *PARTIES, *RULES)

NIGHT = 3  # o'clock in China: nobody may be called, and the day's records are in


def digest_due(*, now: datetime) -> bool:
    """Return whether the registers of this night have not been digested yet."""
    local = now.astimezone(LOCAL)
    last = AuditEntry.objects.of("state.digested").order_by("pk").last()
    done = last is not None and last.ts.astimezone(LOCAL).date() >= local.date()
    return local.hour >= NIGHT and not done

"""The evidence pack of a complaint with the recordings of its calls: two people, and a day."""

from django.urls import reverse

from compliance import clock
from compliance.models import User
from compliance.services.complaint_step import ComplaintStepError, complaint_seen_by
from console.exports import DISCLOSED_KEPT, file_of, keep
from console.jobs.disclosure import NOBODY_AGREED, discloses
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job
from dialer.recording.player_words import NotPlayedError
from dialer.services.evidence_pack import EvidenceRefusedError, evidence_pack
from dialer.services.recording_play import PlayRefusedError
from dialer.sound import sound_of

STEPS = 2
NOT_PLAYED = (
    "录音播放进程未给出录音，未生成举证包；可先不附录音。",
    "The player did not give the recordings, so there is no pack; it can be made without them.",
)
NO_PACK = ("该账号无权生成此举证包。", "This account may not make this evidence pack.")


def run(job: Job, report: Report) -> Result:
    """Make the pack, and keep it for whoever asked for it.

    :raises JobFailedError: if nobody agreed, the case or a recording is not theirs to have, or
        the player is away
    """
    now = clock.read()
    if not discloses(job, now=now):
        raise JobFailedError(*NOBODY_AGREED)
    try:
        row = complaint_seen_by(
            complaint_id=int(job.arguments["complaint"]), user=job.owner, now=now
        )
        report(done=0, of=STEPS, words=("取录音", "Taking the recordings"))
        sound = sound_of(row.person, by=job.owner, now=now)
        report(done=1, of=STEPS, words=("整理记录", "Gathering the records"))
        pack = evidence_pack(
            person=row.person, complaint=row, by=job.owner, unmasked=False, sound=sound, now=now
        )
    except NotPlayedError as error:
        raise JobFailedError(*NOT_PLAYED) from error
    except (ComplaintStepError, EvidenceRefusedError, PlayRefusedError) as error:
        raise JobFailedError(*NO_PACK) from error
    keep(file_of(job), pack.content)
    days = DISCLOSED_KEPT.days
    return Result(
        zh=f"举证包已生成（投诉 {row.pk}，录音 {len(sound)} 段），保留 {days} 天。",
        en=f"The pack is made (complaint {row.pk}, {len(sound)} recordings); kept for {days} d.",
        url=reverse("console:complaint_pack_made", args=[job.pk]),
    )


COMPLAINT_PACK = Kind(
    code="complaint_pack",
    zh="生成附录音的举证包",
    en="Evidence pack with recordings",
    run=run,
    roles=frozenset({User.Role.COMPLIANCE}),
)

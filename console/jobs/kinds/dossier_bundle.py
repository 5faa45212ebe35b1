"""The evidence bundle of a number: the records, the sealed entries that prove them, and the paper.

Numbers are masked and no personal field of the trail is disclosed, unless a second person agreed.
"""

from datetime import datetime
from pathlib import Path

from django.urls import reverse

from audit import verify
from audit.exports.export import audit_export
from audit.exports.sealed_entries import EntryGoneError
from audit.exports.selection import NothingSelectedError, mentioning
from audit.proofs import NotSealedError, newest_checkpoint
from audit.stored_tiles import TileMissingError
from compliance import clock
from compliance.evidence.archive import archive
from compliance.models import Person, User
from console.exports import DISCLOSED_KEPT, KEPT, file_of, folder_of, keep
from console.jobs.disclosure import discloses
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job
from console.papers.dossier import dossier_paper
from dialer.person_records import may_read_all
from dialer.services.evidence_pack import EvidenceRefusedError, evidence_pack
from dialer.trail_mentions import mentions_of_person

STEPS = 4
README = """\
号码证据包 · Evidence bundle of a number

dossier.pdf    时间线与证明，供阅读 the time line with its proofs, for reading
records.zip    同意、拒绝、判定、许可、呼叫等原始记录 the records themselves
trail/         审计条目与检查点，可离线核验 sealed entries, which anybody can verify offline
verify.py      单文件核验程序 the verifier, one file of the standard library

python3 verify.py trail --vkey KEY        公钥以书面交付 KEY is handed over on paper
"""


def run(job: Job, report: Report) -> Result:
    """Make the bundle, and keep it for a week for whoever asked for it.

    :raises JobFailedError: if the person's records are not theirs to read, or not sealed whole
    """
    now = clock.read()
    disclose = discloses(job, now=now)
    person = Person.objects.get(pk=int(job.arguments["person"]))
    if not may_read_all(person, job.owner):
        raise JobFailedError(
            "您与此人的投诉有关，无权生成证据包。",
            "You have a part in a complaint of this person and may not make the bundle.",
        )
    files = _files(person, job, report, disclose=disclose, now=now)
    report(done=STEPS, of=STEPS, words=("写入文件", "Writing the file"))
    keep(file_of(job), archive(files))
    days = (DISCLOSED_KEPT if disclose else KEPT).days
    return Result(
        zh=f"证据包已生成（{person.masked}），保留 {days} 天。",
        en=f"The bundle is made ({person.masked}); it is kept for {days} d.",
        url=reverse("console:dossier_bundle_made", args=[job.pk]),
    )


def _files(
    person: Person, job: Job, report: Report, *, disclose: bool, now: datetime
) -> dict[str, bytes]:
    by = job.owner
    report(done=0, of=STEPS, words=("整理记录", "Gathering the records"))
    try:
        pack = evidence_pack(person=person, complaint=None, by=by, unmasked=disclose, now=now)
        report(done=1, of=STEPS, words=("查找审计条目", "Looking for entries of the trail"))
        with folder_of(job) as folder:
            folder.mkdir(mode=0o700)
            trail = _trail(person, by, folder / "trail", disclose=disclose, now=now)
    except (NotSealedError, NothingSelectedError, TileMissingError, EntryGoneError) as error:
        raise JobFailedError(
            f"审计条目尚未完整封存：{error}", f"The trail is not sealed whole: {error}"
        ) from error
    except EvidenceRefusedError as error:
        raise JobFailedError("该账号无权生成。", "This account may not make it.") from error
    report(done=3, of=STEPS, words=("制作 PDF", "Making the PDF"))
    return trail | {
        "README.txt": README.encode(),
        "records.zip": pack.content,
        "dossier.pdf": dossier_paper(person=person, reader=by, now=now),
        "verify.py": Path(verify.__file__).read_bytes(),
    }


def _trail(
    person: Person, by: User, folder: Path, *, disclose: bool, now: datetime
) -> dict[str, bytes]:
    """Export what the trail tells of the person, which puts the export itself on the record."""
    signed = newest_checkpoint()
    audit_export(
        selection=mentioning(mentions_of_person(person), size=signed.size),
        signed=signed,
        out=folder,
        disclose=disclose,
        formats=("jsonl", "csv", "pdf"),
        held=(),
        actor=f"u:{by.pk}",
        now=now,
    )
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder.parent)): path.read_bytes() for path in found}


DOSSIER_BUNDLE = Kind(
    code="dossier_bundle",
    zh="生成号码证据包",
    en="Evidence bundle of a number",
    run=run,
    roles=frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE}),
)

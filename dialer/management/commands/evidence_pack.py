"""manage.py evidence_pack --case ID --out FILE: everything that proves how the call came about."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.models import Complaint, Person, User
from compliance.numbers import NumberProblem, Words, normalise
from compliance.services.complaint_step import ComplaintStepError, complaint_seen_by
from compliance.services.person_for_number import known_person
from dialer.recording.player_words import NotPlayedError
from dialer.services.evidence_pack import EvidenceRefusedError, evidence_pack
from dialer.services.recording_play import PlayRefusedError
from dialer.sound import sound_of

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
UNKNOWN = Words("本系统没有该号码的记录。", "Nothing is on record about this number.")
REFUSED = Words(
    "该账号无权生成此举证包。", "This account may not make, or not unmask, this evidence pack."
)
NOT_PLAYED = Words(
    "录音播放进程未给出录音：{why}", "The player did not give the recordings: {why}"
)
NOT_WRITTEN = Words("无法写入 {path}：{why}", "{path} cannot be written: {why}")
MADE = Words(
    "已生成 {path}，{files} 个文件，SHA-256 {sha256}", "Made, {files} files, its digest is above"
)


class Command(BaseCommand):
    """Make an evidence pack."""

    help = "生成举证包 / Make the evidence pack of a complaint or of a number"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the pack is about, who asks, and where it goes."""
        about = parser.add_mutually_exclusive_group(required=True)
        about.add_argument("--case", type=int, metavar="ID", help="投诉编号 / a complaint")
        about.add_argument("--number", metavar="NUMBER", help="号码 / everything on a number")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.zip")
        parser.add_argument(
            "--unmasked",
            action="store_true",
            help="显示完整号码，仅限合规，留痕 / show the number; compliance only, recorded",
        )
        parser.add_argument(
            "--recordings",
            action="store_true",
            help="附通话录音，仅限合规，留痕 / with the recordings; compliance only, recorded",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the pack and write it."""
        now = clock.read()
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=options["by"])), returncode=2)
        try:
            complaint = (
                complaint_seen_by(complaint_id=options["case"], user=by, now=now)
                if options["case"]
                else None
            )
            person = complaint.person if complaint else _person(options["number"])
            pack = evidence_pack(
                person=person,
                complaint=complaint,
                by=by,
                unmasked=options["unmasked"],
                sound=sound_of(person, by=by, now=now) if options["recordings"] else None,
                now=now,
            )
        except NotPlayedError as error:
            raise CommandError(str(NOT_PLAYED.filled(why=error.why)), returncode=5) from error
        except (ComplaintStepError, EvidenceRefusedError, PlayRefusedError) as error:
            if isinstance(error, DeniedError):  # the other kind is on the record already
                denial_record(
                    obj="command:evidence_pack", actor=f"u:{by.pk}", now=now, error=error
                )
            raise CommandError(str(REFUSED), returncode=4) from error
        _write(options["out"], pack.content)
        data = {
            "file": str(options["out"]),
            "sha256": pack.sha256,
            "bytes": len(pack.content),
            "files": list(pack.files),
            "unmasked": pack.unmasked,
            "case": complaint.pk if isinstance(complaint, Complaint) else None,
        }
        said = MADE.filled(path=options["out"], files=len(pack.files), sha256=pack.sha256)
        self.stdout.write(json.dumps(data, ensure_ascii=False) if options["json"] else str(said))


def _person(text: str) -> Person:
    try:
        person = known_person(number=normalise(text))
    except NumberProblem as problem:
        raise CommandError(str(problem.words), returncode=2) from problem
    if person is None:
        raise CommandError(str(UNKNOWN), returncode=3)
    return person


def _write(path: Path, content: bytes) -> None:
    try:
        path.touch(mode=0o600)
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(
            str(NOT_WRITTEN.filled(path=path, why=error.strerror)), returncode=2
        ) from error

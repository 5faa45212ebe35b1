"""A contract ended, and its data is deleted or given back.

Subject: the principal's key and the contract's last day, as `7:2026-01-31`. `asked`:
{"contract_end": day, "method": code, "done_on": day, "certificate_sha256": digest}.
"""

from datetime import date, datetime

from compliance.models import Principal, User
from compliance.services.contract_end import DataReturnRefusedError, data_return_record
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject
from console.forms.parties import METHODS


class DataReturned(Kind):
    """Wraps `data_return_record`."""

    code, zh, en = "data_return", "合同终止后的数据处置", "Data of an ended contract"
    proposers = DECIDERS | {User.Role.SUPERVISOR}

    def shown(self, subject: Subject) -> Shown:
        """Return whose contract it was, and what became of its data."""
        return Shown(
            rows=(
                ("委托主体", "Principal", _principal(subject).name),
                ("合同最后一日", "Last day of the contract", subject.asked["contract_end"]),
                ("处置方式", "What became of it", METHODS[str(subject.asked["method"])]),
                ("处置日", "Done on", subject.asked["done_on"]),
                ("证明 SHA-256", "Certificate, SHA-256", subject.asked["certificate_sha256"]),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Certify it."""
        try:
            data_return_record(
                principal=_principal(subject),
                contract_end=date.fromisoformat(str(subject.asked["contract_end"])),
                method=str(subject.asked["method"]),
                certificate_sha256=str(subject.asked["certificate_sha256"]),
                done_on=date.fromisoformat(str(subject.asked["done_on"])),
                author=subject.proposer,
                approver=by,
                now=now,
            )
        except DataReturnRefusedError as error:
            raise CannotCarryOutError(
                "须委托已终止、名单已全部删除，并由两人证明。",
                "The contract has to be over and every list deleted, and two people certify it.",
            ) from error


def _principal(subject: Subject) -> Principal:
    return Principal.objects.get(pk=int(subject.id.partition(":")[0]))

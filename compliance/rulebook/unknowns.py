"""Reasons that several rules give, most of them for not knowing enough: that means no."""

from compliance.rulebook.decision import Reason

PURPOSE_UNKNOWN = Reason(
    code="purpose_unknown",
    zh="外呼目的 {purpose} 不在规则集中。",
    en="The rulebook does not know the purpose {purpose}.",
)
REGIME_UNKNOWN = Reason(
    code="regime_unknown",
    zh="运营主体的业务类型未经登记，不能判断适用哪些规则。",
    en="The operator's regime is not on record, so it is not known which rules bind it.",
)
CALENDAR_UNKNOWN = Reason(
    code="calendar_unknown",
    zh="无法确定当天是否为工作日：节假日安排尚未公布或未载入。",
    en="Whether the day is a workday is unknown: no holiday notice covers it.",
)
DAY_UNANNOUNCED = Reason(
    code="day_unannounced",
    zh="当天所在年份的放假安排尚未载入，按休息日对待。",
    en="No holiday notice is on record for this day's year, so it counts as a day off.",
)
LEDGER_UNKNOWN = Reason(
    code="ledger_unknown",
    zh="无法读取该被叫的呼叫记录，频次无从核对。",
    en="The callee's earlier calls could not be read, so their number is unknown.",
)
SEAT_UNKNOWN = Reason(
    code="seat_unknown",
    zh="未指明接听坐席，或无法读取其状态。",
    en="No seat was named for the call, or its state could not be read.",
)
LINE_UNKNOWN = Reason(
    code="line_unknown",
    zh="无法读取主叫号码与线路的用量。",
    en="The use of the caller number and the trunk could not be read.",
)
CALLER_UNKNOWN = Reason(
    code="caller_unknown",
    zh="该任务没有备案的主叫号码。",
    en="The campaign has no filed caller number.",
)
TRUNK_UNKNOWN = Reason(
    code="trunk_unknown",
    zh="该任务没有登记的线路。",
    en="The campaign has no registered trunk.",
)
CONSENTS_UNKNOWN = Reason(
    code="consents_unknown",
    zh="无法读取同意记录，按未同意处理。",
    en="The consents could not be read; that counts as no consent.",
)
REFUSALS_UNKNOWN = Reason(
    code="refusals_unknown",
    zh="无法读取拒绝名单，按已拒绝处理。",
    en="The refusal registry could not be read; that counts as refused.",
)
LOCALITY_UNKNOWN = Reason(
    code="locality_unknown",
    zh="被叫所在地未知。",
    en="The callee's locality is unknown.",
)
TRUNK_PURPOSE = Reason(
    code="trunk_purpose",
    zh="台账登记的线路用途不含 {purpose}。",
    en="The ledger does not permit the purpose {purpose} on this trunk.",
)

"""Why a text is not a number that can be called, in a code and in both languages."""

from enum import StrEnum

from compliance.numbers.words import Words


class ProblemCode(StrEnum):
    """What is wrong with a text that should be a number."""

    EMPTY = "empty"
    SCIENTIFIC = "scientific"
    FORMULA = "formula"
    SEVERAL = "several"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNASSIGNED = "unassigned"
    EMERGENCY = "emergency"
    SERVICE = "service"
    PRIVACY = "privacy"


PROBLEMS: dict[ProblemCode, Words] = {
    ProblemCode.EMPTY: Words("号码为空。", "The number is missing."),
    ProblemCode.SCIENTIFIC: Words(
        "号码被表格软件改成了科学计数法，末尾数字已丢失。请把该列设为“文本”格式，再从原始数据重新填写。",
        "A spreadsheet turned the number into scientific notation and its last digits are lost. "
        "Format the column as text and fill it in again from the original data.",
    ),
    ProblemCode.FORMULA: Words(
        "单元格是公式，不是号码。请粘贴为数值。",
        "The cell holds a formula, not a number. Paste it as a value.",
    ),
    ProblemCode.SEVERAL: Words(
        "一个单元格里有多个号码。请每行只写一个号码。",
        "The cell holds more than one number. Write one number a row.",
    ),
    ProblemCode.UNREADABLE: Words(
        "号码中有数字以外的内容。", "The number holds something other than digits."
    ),
    ProblemCode.FOREIGN: Words(
        "不是中国大陆号码（境外或港澳台）。", "It is not a number of mainland China."
    ),
    ProblemCode.TOO_SHORT: Words(
        "号码位数不足（座机须带区号），或是短号码。",
        "The number is too short (a landline needs its area code), or it is a short code.",
    ),
    ProblemCode.TOO_LONG: Words("号码位数过多。", "The number has too many digits."),
    ProblemCode.UNASSIGNED: Words(
        "该号段或区号不存在。", "No such prefix or area code has been assigned."
    ),
    ProblemCode.EMERGENCY: Words(
        "这是紧急号码，禁止呼叫。", "It is an emergency number; never call it."
    ),
    ProblemCode.SERVICE: Words(
        "这是服务号码，不是个人号码。", "It is a service number, not a person's."
    ),
    ProblemCode.PRIVACY: Words(
        "这是隐私保护号码（700号段），不得外呼。",
        "It is a number protection (700) number, which may not be called.",
    ),
}


class NumberProblem(ValueError):  # noqa: N818  it describes a text, not a failure of the program
    """The text is not a number that can be called; the text itself is never in the message."""

    def __init__(self, code: ProblemCode) -> None:
        super().__init__(code)
        self.code = code
        self.words = PROBLEMS[code]

    @property
    def zh(self) -> str:
        """Say it in Chinese."""
        return self.words.zh

    @property
    def en(self) -> str:
        """Say it in English."""
        return self.words.en

    def __str__(self) -> str:
        return str(self.words)

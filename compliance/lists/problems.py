"""Why a list file as a whole cannot be read, said in both languages."""

from compliance.numbers import Words


class ListFileError(ValueError):
    """The file is not a list that can be trusted; nothing of it has been used."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words

    def __reduce__(self) -> tuple[type["ListFileError"], tuple[Words]]:
        """Come whole out of another process."""
        return type(self), (self.words,)

    @property
    def zh(self) -> str:
        """Say it in Chinese."""
        return self.words.zh

    @property
    def en(self) -> str:
        """Say it in English."""
        return self.words.en


UNREADABLE = Words(
    "无法读取文件：{why}。请检查路径和权限。",
    "The file cannot be read: {why}. Check its path and permissions.",
)
EMPTY = Words("文件是空的，没有任何数据行。", "The file is empty: it has no rows.")
OLD_EXCEL = Words(
    "这是旧版 .xls 文件或加密的工作簿。请用 Excel 另存为不加密的 .xlsx 或 CSV。",
    "This is an old .xls file or an encrypted workbook. "
    "Save it from Excel as .xlsx or CSV without a password.",
)
MARKUP = Words(
    "这是网页或 XML，只是用了表格文件的扩展名。请在 Excel 中打开并另存为 .xlsx 或 CSV。",
    "This is a web page or XML under a spreadsheet's name. "
    "Open it in Excel and save it as .xlsx or CSV.",
)
BINARY = Words(
    "这不是文本表格，也不是 .xlsx 工作簿。请另存为 .xlsx 或 CSV。",
    "This is neither a text table nor an .xlsx workbook. Save the list as .xlsx or CSV.",
)
ENCODING = Words(
    "文件中约第 {line} 行的文字编码已损坏。请重新导出为 UTF-8、UTF-16 或 GB18030。",
    "The text is damaged near line {line}. Export it again as UTF-8, UTF-16 or GB18030.",
)
CUT_SHORT = Words(
    "文件在末尾被截断。请重新导出或重新上传。",
    "The file is cut off at its end. Export or upload it again.",
)
QUOTES = Words(
    "第 {line} 行的引号没有正确闭合。请更正后重新导入整个文件。",
    "A quoted cell is not closed properly near line {line}. "
    "Correct it and import the whole file again.",
)
LONG_LINE = Words(
    "约第 {line} 行过长，不像名单。请检查文件。",
    "The line near {line} is too long for a list. Check the file.",
)
CORRUPT_BOOK = Words(
    "工作簿已损坏或不完整。请在 Excel 中打开并重新保存为 .xlsx。",
    "The workbook is damaged or incomplete. Open it in Excel and save it as .xlsx again.",
)
OVERSIZED_BOOK = Words(
    "工作簿解压后过大，不能安全读取。请另存为 CSV。",
    "The workbook unpacks to more than can be read safely. Save the list as CSV.",
)
CHANGED = Words(
    "文件在读取过程中被修改。请重新导入。",
    "The file was changed while it was being read. Import it again.",
)
NO_HEADING = Words(
    "前 {looked} 行中没有找到表头。第一行是：{found}。请加一行表头，至少包含：{wanted}。",
    "No heading row was found in the first {looked} rows. The first row is: {found}. "
    "Add a heading row with at least: {wanted}.",
)
MISSING_COLUMN = Words(
    "表头缺少：{missing}。找到的表头是：{found}。",
    "The heading row lacks: {missing}. The headings found are: {found}.",
)
AMBIGUOUS_COLUMN = Words(
    "表头 {clash} 的含义相同，无法确定用哪一列。请只保留一列。找到的表头是：{found}。",
    "The headings {clash} mean the same, so the column is unclear. Keep only one of them. "
    "The headings found are: {found}.",
)

"""Why personal data is erased: the cases of article 47 of the PIPL."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Basis:
    """One case in which whoever handles personal data has to erase it."""

    code: str
    zh: str
    en: str


BASES = MappingProxyType(
    {
        basis.code: basis
        for basis in (
            Basis(
                "pipl47.1",
                "处理目的已实现、无法实现或不再必要",
                "its purpose is reached, cannot be reached, or needs it no more",
            ),
            Basis(
                "pipl47.2",
                "停止提供产品或服务，或保存期限已届满",
                "the service has ended, or it was kept as long as it may be",
            ),
            Basis("pipl47.3", "个人撤回同意", "the person has taken consent back"),
            Basis(
                "pipl47.4",
                "违反法律、行政法规或约定处理",
                "it was handled against the law or against what was agreed",
            ),
            Basis("pipl47.5", "法律、行政法规规定的其他情形", "another law says so"),
        )
    }
)

"""Why an edge refused an INVITE, as a person reads it."""

from types import MappingProxyType

from compliance.numbers import Words
from dialer.lines.sip.edge import Why

WHY = MappingProxyType(
    {
        Why.NO_PERMIT: Words("没有许可", "there is no permit"),
        Why.FORM: Words("许可格式不符", "the permit is not of the form that permits have"),
        Why.SIGNATURE: Words("许可签名不符", "the permit's signature is not ours"),
        Why.EXPIRED: Words("许可已过期", "the permit is older than ten seconds"),
        Why.FUTURE: Words("许可签发于未来", "the permit was issued in the future"),
        Why.SPENT: Words("许可已用过", "the permit is spent"),
        Why.FOREIGN: Words("许可属于另一线路或另一通话", "the permit is of another trunk or call"),
        Why.CALLEE: Words("被叫与许可不符", "it calls another number than the permit's"),
        Why.CALLER: Words("主叫与许可不符", "it shows another number than the permit's"),
        Why.HEADER: Words("信令头多余或不许可", "it has a header that no call of ours has"),
        Why.SOURCE: Words("来自未登记的地址", "it comes from an address that is not on record"),
        Why.METHOD: Words("此类请求一律不放行", "no request of this kind is let through"),
        Why.IN_DIALOG: Words("不属于任何通话，或改了去向", "it belongs to no call, or turns one"),
        Why.REDIRECT: Words("运营商要求改呼他处", "the carrier sends the call elsewhere"),
        Why.TRANSFER: Words("运营商要求转接", "the carrier asks for a transfer (REFER)"),
        Why.FORK: Words("一次呼叫有两处应答", "two ends have answered one call"),
        Why.CREDENTIALS: Words("未经要求的第二个 INVITE", "a second INVITE that nobody asked for"),
        Why.CLOCK: Words("时钟倒退", "the clock has gone back"),
        Why.NO_KEY: Words("没有验证许可的公钥", "there is no key to check permits with"),
        Why.UNREADABLE: Words("无法解析的请求", "a request that cannot be read"),
        Why.STORE: Words("已用许可的记录不可用", "the record of spent permits cannot be used"),
    }
)

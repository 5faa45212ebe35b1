"""The closed list of what the audit trail can tell; an action that is not here cannot be recorded.

A reason that belongs to the action's data is data: this list names what happened, no more.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Action:
    """Something that happened, by its dotted name, with what a reader sees."""

    name: str
    zh: str
    en: str


ACTIONS = (
    # Permits and calls
    Action("permit.issued", "已签发外呼许可", "Permit issued"),
    Action("permit.refused", "已拦截外呼", "Permit refused"),
    Action("permit.deferred", "已推迟外呼", "Permit deferred"),
    Action("permit.redeemed", "已使用外呼许可", "Permit redeemed"),
    Action("permit.voided", "已作废外呼许可", "Permit voided"),
    Action("permit.expired", "外呼许可已过期", "Permit expired"),
    Action("call.asked", "查询可否外呼", "Asked whether a call may be made"),
    Action("call.ended", "通话已结束", "Call ended"),
    # What the person called has said
    Action("refusal.recorded", "已登记拒绝", "Refusal recorded"),
    Action("refusals.imported", "已导入拒绝名单", "Refusals imported"),
    Action("chosen_time.recorded", "已登记约定来电时间", "Time to be called recorded"),
    Action("consent.recorded", "已登记同意", "Consent recorded"),
    Action("consent.withdrawn", "已撤回同意", "Consent withdrawn"),
    Action("consents.imported", "已导入同意名单", "Consents imported"),
    Action("consent_form.approved", "已核准同意书模板", "Consent form approved"),
    Action("consent_form.refused", "同意书模板未通过审核", "Consent form turned down"),
    Action("consent_form.retired", "已停用同意书模板", "Consent form retired"),
    Action("consent_sample.drawn", "已抽取同意样本", "Consents sampled"),
    Action("consent_sample.passed", "同意抽样核验通过", "Sample of consents passed"),
    Action("consent_sample.failed", "同意抽样核验未通过", "Sample of consents failed"),
    Action("channel.tested", "已测试撤回渠道", "Channel of refusal tested"),
    Action("refusal.lift_requested", "已申请解除拒绝", "Lifting of a refusal requested"),
    Action("refusal.lifted", "已解除拒绝", "Refusal lifted"),
    Action("external_list.registered", "已登记外部谢绝来电名单", "Do-not-call list registered"),
    Action("external_list.applied", "已更新外部谢绝来电名单", "Do-not-call list read"),
    Action("disposition.recorded", "已登记通话处置", "Disposition recorded"),
    Action("disposition.overruled", "坐席处置被拒绝记录否决", "Disposition overruled by refusal"),
    # Lists and campaigns
    Action("leads.imported", "已导入外呼对象", "Leads imported"),
    Action("list.declared", "已申报名单来源", "Source of a list declared"),
    Action("list.stopped", "已停用名单", "List stopped"),
    Action("list.released", "已恢复名单", "List released"),
    Action("list.aged_out", "已删除到期名单", "Aged list deleted"),
    Action("list.rejected", "已拒收名单", "List rejected at import"),
    Action("honeypot.planted", "已布设蜜罐号码", "Honeypot number planted"),
    Action("minor.recorded", "已登记未成年人", "Minor recorded"),
    Action("assessment.recorded", "已登记个人信息保护影响评估", "Impact assessment recorded"),
    Action("campaign.registered", "已登记外呼任务", "Campaign registered"),
    Action("campaign.registration_refused", "已拒绝登记外呼任务", "Campaign not registered"),
    Action("campaign.checked", "已预检外呼任务", "Campaign checked before calling"),
    Action("campaign.activated", "已启用外呼任务", "Campaign activated"),
    Action("campaign.paused", "已暂停外呼任务", "Campaign paused"),
    Action("campaign.resumed", "已恢复外呼任务", "Campaign resumed"),
    Action("campaign.abandonment_measured", "已统计放弃率", "Abandoned calls counted"),
    Action("campaign.closed", "已结束外呼任务", "Campaign closed"),
    Action("script.approved", "已核准话术", "Script approved"),
    # Parties, lines and numbers
    Action("operator.registered", "已登记运营主体", "Operator registered"),
    Action("licence.recorded", "已登记经营许可", "Licence recorded"),
    Action("principal.registered", "已登记委托主体", "Principal registered"),
    Action("mandate.recorded", "已登记委托书", "Mandate recorded"),
    Action("trunk.recorded", "已登记线路", "Trunk recorded"),
    Action("caller_number.filed", "已备案主叫号码", "Caller number filed"),
    Action("number.event_recorded", "已登记号码变动", "Change of a number recorded"),
    Action("number.protected", "已登记保护号码", "Protected number recorded"),
    Action("numbers.compared", "已检验主被叫归属地关联", "Caller numbers compared with places"),
    Action("caller_number.letter_recorded", "已登记呼出承诺书", "Commitment letter recorded"),
    Action("caller_number.letter_revoked", "呼出承诺书已失效", "Commitment letter revoked"),
    Action("caller_number.changed", "已登记码号变更", "Change of a filed number recorded"),
    Action("caller_number.change_filed", "码号变更已备案", "Change of a filed number filed"),
    Action("caller_number.called_back", "已回拨测试", "Number called back"),
    Action(
        "caller_number.marked", "主叫号码被标记或投诉", "Caller number marked or complained of"
    ),
    Action("caller_number.replaced", "已批准更换主叫号码", "Change to another number approved"),
    Action("document.recorded", "已登记行业资质", "Industry document recorded"),
    Action("document.revoked", "行业资质已失效", "Industry document revoked"),
    Action("violator.listed", "已列入违规主体名单", "Violator listed"),
    Action("violator.refused", "已拒绝违规主体", "Violator refused"),
    Action("line.started", "线路进程已启动", "Line process started"),
    Action("line.stopped", "线路进程已停止", "Line process stopped"),
    Action("line.lost", "线路已中断", "Line lost"),
    # Seats and accounts
    Action("seat.registered", "已登记坐席", "Seat registered"),
    Action("seat.closed", "坐席已停用", "Seat closed"),
    Action("outlet.registered", "已登记门店", "Outlet registered"),
    Action("outlet.inspected", "门店已现场核验", "Outlet inspected on site"),
    Action("outlet.reviewed", "门店关联已复核", "Links of an outlet reviewed"),
    Action("staff.recorded", "已登记员工实名", "Staff record made"),
    Action("staff.trained", "已登记培训合格", "Training passed"),
    Action("staff.sanctioned", "已记违规分", "Sanction point given"),
    Action("staff.left", "员工已离岗", "Staff member left"),
    Action("target.declared", "已设定考核指标", "Target declared"),
    Action("target.refused", "已拒绝考核指标", "Target refused"),
    Action("seat.ready", "坐席已就绪", "Seat ready"),
    Action("seat.paused", "坐席已暂停", "Seat paused"),
    Action("user.created", "已创建账号", "Account created"),
    Action("user.logged_in", "已登录", "Logged in"),
    Action("token.made", "接口令牌已发放", "API token made"),
    Action("user.login_failed", "登录失败", "Log-in failed"),
    Action("user.logged_out", "已退出登录", "Logged out"),
    Action("access.denied", "已拒绝访问", "Access denied"),
    Action("number.revealed", "已查看完整号码", "Number shown in full"),
    # Days
    Action("calendar.proposed", "已提交年度放假安排", "Calendar year proposed"),
    Action("calendar.approved", "已批准年度放假安排", "Calendar year approved"),
    Action("quiet_days.declared", "已登记静默日", "Quiet days declared"),
    Action("quiet_days.revoke_asked", "已申请撤销静默日", "End of quiet days asked for"),
    Action("quiet_days.revoked", "已撤销静默日", "Quiet days taken back"),
    # Complaints and what they bring about
    Action("complaint.opened", "已受理投诉并停呼", "Complaint opened and calls stopped"),
    Action("complaint.accused", "已列明被投诉方", "Accused party named"),
    Action("complaint.assigned", "已分派投诉", "Complaint assigned"),
    Action("complaint.noted", "已备注投诉", "Note on a complaint"),
    Action("complaint.upheld", "投诉成立", "Complaint upheld"),
    Action("complaint.rejected", "投诉不成立", "Complaint rejected"),
    Action("complaint.answered", "已答复投诉", "Complaint answered"),
    Action("complaint.late", "投诉超过内部时限", "Complaint past our own time"),
    Action("complaint.escalated", "投诉已升级", "Complaint escalated"),
    Action("complaint.overdue", "投诉逾期未结", "Complaint overdue"),
    Action("complaint.closed", "投诉已办结", "Complaint closed"),
    Action("complaint.access_denied", "已拒绝接触投诉", "Access to a complaint denied"),
    Action("account.tied", "已登记账号归属", "Account tied to a party"),
    Action("suspension.begun", "因投诉暂停外呼", "Suspended by complaints"),
    Action("suspension.reported", "已提交整改报告", "Corrective report written"),
    Action("suspension.approved", "已审批整改报告", "Corrective report approved"),
    Action("suspension.ended", "整改后已恢复外呼", "Suspension ended"),
    Action("evidence.packed", "已生成举证包", "Evidence pack made"),
    Action("report.made", "已生成日报", "Daily report made"),
    Action("retention.ran", "已执行留存规则", "Retention rules ran"),
    # The deployment as a whole
    Action("pack.proposed", "已提出规则集新版本", "Edition of the rulebook proposed"),
    Action("pack.approved", "已批准规则集新版本", "Edition of the rulebook approved"),
    Action("rules.replayed", "已推演规则变更", "Change of the rules replayed"),
    Action("deployment.declared", "已登记部署合规包", "Deployment pack declared"),
    Action("rulebook.loaded", "已载入规则书", "Rulebook loaded"),
    Action("kill_switch.engaged", "已启用紧急停呼", "Kill switch engaged"),
    Action("kill_switch.released", "已解除紧急停呼", "Kill switch released"),
    Action("clock.demo_set", "已设定演示时钟", "Demonstration clock set"),
    Action("demo.started", "演示已开始", "Demonstration started"),
    Action("demo.ended", "演示已结束", "Demonstration ended"),
    Action("export.made", "已生成导出文件", "Export made"),
)

BY_NAME = MappingProxyType({action.name: action for action in ACTIONS})

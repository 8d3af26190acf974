"""The register in Chinese: what its documents, events, reasons and endings are called."""

from collections.abc import Mapping
from enum import StrEnum

from reportgen.assess.model import Conclusion
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Outcome
from reportgen.registry.objections import Ending
from reportgen.registry.standing import KINDS as KINDS  # noqa: PLC0414 - a word of the register


class Reason(StrEnum):
    """Why a report is revoked, as its event says it."""

    FACT_WRONG = "FACT_WRONG"
    JUDGEMENT_WRONG = "JUDGEMENT_WRONG"
    OBJECTION_UPHELD = "OBJECTION_UPHELD"
    FRAUD = "FRAUD"
    KEY_COMPROMISED = "KEY_COMPROMISED"
    REQUESTED = "REQUESTED"


REASONS: Mapping[Reason, str] = {
    Reason.FACT_WRONG: "所据事实有误",
    Reason.JUDGEMENT_WRONG: "评价有误",
    Reason.OBJECTION_UPHELD: "异议成立",
    Reason.FRAUD: "以虚假材料取得",
    Reason.KEY_COMPROMISED: "签发密钥泄露",
    Reason.REQUESTED: "申请人请求",
}
ENDINGS: Mapping[Ending, str] = {Ending.CORRECTED: "更正", Ending.DELETED: "删除", Ending.KEPT: "维持"}
OUTCOMES: Mapping[str, str] = {
    Outcome.ELSEWHERE: "不是为该项目、该单位出具",
    Outcome.REVOKED: "已撤销",
    Outcome.EXPIRED: "已过期",
    Outcome.NOT_ISSUED: "尚未签发",
    Outcome.REUSABLE: "不是信用报告，不核销",
}
"""Why a use was refused."""
TAGS: Mapping[Tag, str] = {
    Tag.REQUEST_ROW_CREATE: "登记申请",
    Tag.REPORT_DRAFT_CREATE: "编制草稿",
    Tag.REPORT_DRAFT_REVIEW: "复核",
    Tag.REPORT_NUMBER_ALLOT: "给号",
    Tag.REPORT_NUMBER_VOID: "号码作废",
    Tag.REPORT_FILE_RENDER: "排印",
    Tag.REPORT_FILE_PUBLISH: "写入文件",
    Tag.REPORT_FILE_ERASE: "删除文件",
    Tag.REPORT_STATE_ISSUE: "签发",
    Tag.REPORT_STATE_CONSUME: "核销",
    Tag.REPORT_STATE_REVOKE: "撤销",
    Tag.REPORT_STATE_SUPERSEDE: "被替代",
    Tag.REPORT_STATE_ARCHIVE: "归档",
    Tag.REPORT_STATE_EXPIRE: "过期",
    Tag.REPORT_USE_REPEAT: "再次核销（已用于本项目）",
    Tag.REPORT_USE_REFUSE: "拒绝核销",
    Tag.REPORT_USE_ANNUL: "撤回误核销",
    Tag.REPORT_MARK_OUTDATED: "标明需更新",
    Tag.REPORT_MARK_DISPUTE: "标明异议中",
    Tag.REPORT_MARK_SETTLE: "异议办结",
    Tag.REPORT_MARK_CORRECT: "标明已出更正通知",
    Tag.OBJECTION_CASE_OPEN: "受理异议",
    Tag.OBJECTION_CASE_CLOSE: "办结异议",
    Tag.OBJECTION_STATEMENT_ADD: "附注主体声明",
    Tag.SUBJECT_FACTS_IMPORT: "导入主体信息",
    Tag.SUBJECT_FACTS_LOOK: "查看主体信息",
    Tag.SUBJECT_HIT_CONFIRM: "确认名单命中",
    Tag.SUBJECT_HIT_REJECT: "排除名单命中",
    Tag.LIST_EDITION_IMPORT: "导入名单",
    Tag.PROJECT_VERSION_IMPORT: "导入项目",
    Tag.PROJECT_AWARD_ENTER: "登记中标公示",
    Tag.PROJECT_MANIFEST_EXPORT: "写出核验清单",
    Tag.PROJECT_BUNDLE_EXPORT: "写出比对汇总表",
    Tag.PROJECT_USES_EXPORT: "写出核销清单",
    Tag.PROJECT_VOUCHER_EXPORT: "出具核销凭证",
    Tag.OFFICE_AGENCY_CHANGE: "变更机构信息",
    Tag.OFFICE_USER_CHANGE: "变更用户",
    Tag.OFFICE_STAFF_CHANGE: "变更人员",
    Tag.OFFICE_KEY_COMPROMISE: "密钥泄露",
    Tag.OFFICE_BACKUP_MAKE: "备份",
    Tag.OFFICE_BACKUP_RESTORE: "恢复",
    Tag.OFFICE_ERASE_RUN: "依规删除",
    Tag.OFFICE_ACCOUNT_CHANGE: "变更门户账号",
    Tag.OFFICE_CODE_MAKE: "发给密码设定码",
    Tag.OFFICE_LETTER_ERASE: "删除注册的授权书",
    Tag.OFFICE_APIKEY_CHANGE: "变更接口密钥",
    Tag.OFFICE_WEBHOOK_CHANGE: "变更回调",
    Tag.APPLICATION_STATE_CHANGE: "办理申请",
    Tag.APPLICATION_LETTER_ERASE: "删除申请的授权书",
    Tag.UPLOAD_STATE_CHANGE: "办理上传的资料",
    Tag.UPLOAD_FILE_ERASE: "删除上传的文件",
}


def conclusion(name: str) -> str:
    """Return the sentence of a conclusion as the register keeps it; a grade is its own word."""
    return Conclusion[name].value if name in Conclusion.__members__ else name

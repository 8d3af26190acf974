"""Errors of the program itself and of how it is called: internal (01), usage (02)."""

from reportgen.errors.entry import OPERATOR, Entry, ExitCode

USAGE: dict[str, Entry] = {
    "E0101": Entry(
        ExitCode.INTERNAL,
        500,
        "程序内部错误",
        "{detail}",
        "请保留命令与版本号，报告给维护者；数据未被改动",
        on_page=OPERATOR,
    ),
    "E0201": Entry(ExitCode.USAGE, 400, "命令用法有误", "{detail}", "加 --help 查看用法"),
    "E0202": Entry(
        ExitCode.USAGE,
        400,
        "联合体成员份额有误",
        "牵头人以外的成员份额为 {shares}，合计 {total}；每份须大于 0，合计须小于 1",
        "用 --partner 统一社会信用代码:份额 写明每个成员，份额合计应小于 1，余数归牵头人",
        on_page="核对联合体各成员的份额",
    ),
    "E0203": Entry(
        ExitCode.USAGE,
        404,
        "没有这个页面",
        "地址不对，或所指的内容不存在、不对您开放",
        "核对地址，或从首页进入",
    ),
    "E0204": Entry(
        ExitCode.USAGE, 405, "不能这样访问这个页面", "这一地址不接受这种请求", "从页面上的按钮与链接进入"
    ),
    "E0205": Entry(ExitCode.USAGE, 400, "请求有误", "服务器读不懂这一请求", "刷新页面后重试"),
    "E0206": Entry(
        ExitCode.USAGE,
        408,
        "请求没有收完",
        "所交内容在 {seconds} 秒内没有收完，或中途断开",
        "检查网络后重新提交；什么也没有改变",
    ),
}

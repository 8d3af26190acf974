"""Help in Chinese: click writes its own few words in English."""

import click

_WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]…",
    "Options:": "选项:",
    "Commands:": "命令:",
    "[required]": "[必填]",
    "[default: ": "[默认：",
    "Show this message and exit.": "显示本说明",
}


class Command(click.Command):
    """A command whose help is all Chinese."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help with click's own words translated."""
        text = super().get_help(ctx)
        for english, chinese in _WORDS.items():
            text = text.replace(english, chinese)
        return text


class Group(Command, click.Group):
    """A group whose help is all Chinese, as is that of its commands."""

    command_class = Command

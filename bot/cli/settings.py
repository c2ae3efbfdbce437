"""``settings``: what an organization may decide for itself, shown and changed (rules, "Every number is a default")."""

import click

from bot.cli.base import State, pass_state
from bot.cli.rulebook import one_organization
from models import setting_values

ORG = click.option("--org", "name", metavar="名称", help="哪个组织的设置；不写就是最上级的，对下面都有效。")


@click.group()
def settings() -> None:
    """各组织可以自定的期限、时间和选项。"""


@settings.command()
@ORG
@pass_state
def show(state: State, name: str | None) -> None:
    """显示全部设置：现在的值，从哪里来。"""
    with state.sessions.read() as session:
        organization = one_organization(session, name)
        shown = list(setting_values.show(session, organization))
    click.echo(f"{organization.name}的设置")
    for line in shown:
        click.echo(f"{line.setting.key} = {line.value}　{line.setting.title}（{line.origin}）")


@settings.command("set")
@click.argument("key")
@click.argument("value")
@ORG
@pass_state
def set_(state: State, key: str, value: str, name: str | None) -> None:
    """改一项设置，对这个组织和没有自己设过的下级有效；谁什么时候改的留有记录。"""
    setting = setting_values.find(key)
    now = state.now()
    with state.sessions.write() as session:
        organization = one_organization(session, name)
        given = setting_values.change(session, setting, value, organization=organization, by=None, now=now)
        of = organization.name
    click.echo(f"{of}：{setting.title}（{key}）改为 {setting_values.written(given)}")

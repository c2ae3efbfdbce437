"""The program put together from its configuration: one place where the parts meet."""

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Engine

from bot import config as configuration
from bot import picture_links
from bot.clock import Clock
from bot.config import Config
from bot.database import make_engine
from bot.delivery import Delivery
from bot.evidence import Cabinet, Keeper
from bot.talk import Talk
from bot.wechat.client import Client
from bot.wechat.protocol import Protocol
from bot.wechat.templates import Template, Templates
from bot.wechat.tokens import TokenStore
from jobs.notices import Channel
from jobs.schedule import World
from models.sessions import Sessions


@dataclass(frozen=True)
class Program:
    """Everything a process of Xianfeng needs; parts are made when first asked for."""

    config: Config
    clock: Clock

    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.config.database.url)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, configuration.defaults(self.config))

    @cached_property
    def talk(self) -> Talk:
        app = self.config.app
        page = partial(picture_links.address, app.secret_key, app.base_url)
        return Talk(self.sessions, secret=app.secret_key.encode(), picture_page=page, site=app.base_url.rstrip("/"))

    @cached_property
    def protocol(self) -> Protocol:
        wechat = self.config.wechat
        return Protocol(wechat.token, wechat.app_id, wechat.encoding_aes_key, wechat.mode)

    @cached_property
    def tokens(self) -> TokenStore:
        return TokenStore(self.sessions, self.clock)

    @cached_property
    def cabinet(self) -> Cabinet:
        return Cabinet(self.config.evidence.url)

    def client(self) -> Client:
        """A client for one ``async with``."""
        wechat = self.config.wechat
        return Client(wechat.api_base, wechat.app_id, wechat.app_secret, self.tokens)

    def world(self) -> World:
        """What jobs work with; the platform's connections are pooled for the length of one run."""
        wechat = self.config.wechat
        client = self.client()
        templates = Templates({kind: Template(t.id, t.fields) for kind, t in wechat.templates.items()})
        channels = [Channel(name) for name in wechat.channels]
        delivery = Delivery(self.talk, client, templates, channels, menus=wechat.account == "service")

        def online(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
            async def connected() -> int:
                async with client:
                    return await work()

            return asyncio.run(connected())

        worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        return World(self.sessions, delivery, Keeper(client, self.cabinet), worker, online)

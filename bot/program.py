"""The program put together from its configuration: one place where the parts meet."""

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

import uvloop
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import config as configuration
from bot import logs, patience, picture_links
from bot.clock import Clock, StandInClock, system
from bot.config import Config
from bot.config_sections import Template as Configured
from bot.config_sections import WeChat, is_loopback
from bot.database import make_engine
from bot.delivery import Delivery
from bot.evidence import Cabinet, Keeper
from bot.keeping import STAND_IN
from bot.logs import Person
from bot.observing import Deliveries
from bot.talk import Talk
from bot.wechat import abilities
from bot.wechat.client import Client
from bot.wechat.protocol import Protocol
from bot.wechat.templates import Template, Templates
from bot.wechat.tokens import TokenStore
from jobs.letters import Channel
from jobs.schedule import World
from models import delivery_counts
from models.delivery_counts import Came, What
from models.quotas import Limit
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
        return Sessions(self.engine, configuration.defaults(self.config), patience.left)

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

    @cached_property
    def person(self) -> Person:
        """How a person is named in the log."""
        return logs.hashed_by(self.config.app.secret_key)

    def client(self) -> Client:
        """A client for one ``async with``."""
        wechat = self.config.wechat
        return Client(wechat.api_base, wechat.app_id, wechat.app_secret, self.tokens)

    def world(self, going: Callable[[], bool] = lambda: True) -> World:
        """What jobs work with; the platform's connections are pooled for the length of one run.

        A run of deliveries ends early when it is not to be ``going`` on.
        """
        wechat = self.config.wechat
        client = self.client()
        deliveries = Deliveries(self.person)
        delivery = Delivery(
            self.talk,
            client,
            _templates(wechat.templates),
            abilities.channels(wechat.account, wechat.channels),
            subscriptions=_templates(wechat.subscriptions),
            menus=wechat.account == "service",
            noted=deliveries,
        )

        def online(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
            async def connected() -> int:
                async with client:
                    return await work()

            try:
                return uvloop.run(connected())
            finally:
                self._count(deliveries.taken())

        worker = f"{os.getpid()}-{secrets.token_hex(4)}"
        return World(
            self.sessions,
            delivery,
            Keeper(client, self.cabinet),
            worker,
            online,
            limits_of(wechat),
            aside=asyncio.to_thread,
            clock=self.clock,
            going=going,
        )

    def _count(self, counted: Mapping[What, Came]) -> None:
        # A figure that is lost with the database's answer is no reason to stop.
        with suppress(SQLAlchemyError):
            if counted:
                with self.sessions.write() as session:
                    delivery_counts.add(session, counted, self.clock())


def make_program(config: Config) -> Program:
    """The program of this process, with the clock it is meant to read."""
    program = Program(config, system)
    if os.environ.get(STAND_IN) and is_loopback(urlsplit(config.wechat.api_base).hostname or ""):
        return Program(config, StandInClock(program.sessions))
    return program


def limits_of(wechat: WeChat) -> dict[Channel, Limit]:
    """How often each channel may be called."""
    daily = {
        Channel.TEMPLATE: wechat.template_daily,
        Channel.SUBSCRIBE: wechat.subscribe_daily,
        Channel.CUSTOM: wechat.custom_daily,
    }
    return {channel: Limit(per_day, wechat.per_minute) for channel, per_day in daily.items()}


def _templates(configured: Mapping[str, Configured]) -> Templates:
    return Templates({kind: Template(t.id, t.fields) for kind, t in configured.items()})

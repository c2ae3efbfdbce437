"""The clock and the tools panel: what a tester does with the platform itself.

GET  /sandbox/clock      {"now", "target"}; `target` is where the clock is going, or null
POST /sandbox/clock      {step: "hour" | "day" | "month_end" | "review"} or {target: ISO 8601}; answers when there
GET  /sandbox/tools      {"faults", "journal", "paths", "refuses_ip"}
POST /sandbox/faults     {path, how, times?, errcode?, seconds?}   see faults
POST /sandbox/mend       {number?}                 takes one fault back, or all
POST /sandbox/tokens     {}                        ends every access token now (40001)
POST /sandbox/whitelist  {refuses}                 refuses Xianfeng's address at the token interfaces (40164)
POST /sandbox/quota      {path, per_minute?, per_day?}
POST /sandbox/grant      {openid, template_id, count}    subscription grants
POST /sandbox/verify     {}                        the console's check of the server address: {"verified"}
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, abort

from bot.sandbox import api
from bot.sandbox.acts import fields, number_of, text_of
from bot.sandbox.callbacks import Driver
from bot.sandbox.clock import Journey, Step, target_of
from bot.sandbox.faults import Fault, Faults, How
from bot.sandbox.options import SHANGHAI
from bot.sandbox.platform import Platform

Told = dict[str, Any]


def blueprint(platform: Platform, faults: Faults, journey: Journey, driver: Driver) -> Blueprint:
    """The routes of the clock and the panel."""
    tools = Blueprint("tools", __name__)
    _clock(tools, platform, journey)
    _platform(tools, platform, driver)
    _faults(tools, platform, faults)
    return tools


def _clock(tools: Blueprint, platform: Platform, journey: Journey) -> None:
    @tools.get("/sandbox/clock")
    def time() -> Told:
        return journey.state()

    @tools.post("/sandbox/clock")
    def jump() -> Told:
        body = fields()
        journey.go(_step(platform, body) if "step" in body else _moment(text_of(body, "target")))
        return journey.state()


def _faults(tools: Blueprint, platform: Platform, faults: Faults) -> None:
    @tools.get("/sandbox/tools")
    def everything() -> Told:
        standing = [asdict(fault) for fault in faults.standing()]
        known = {"paths": api.paths(), "refuses_ip": platform.refuses_ip}
        return {"faults": standing, "journal": platform.journal.entries(), **known}

    @tools.post("/sandbox/faults")
    def break_it() -> Told:
        body = fields()
        if body.get("how") not in {how.value for how in How}:
            abort(400)
        seconds = body.get("seconds", 30)
        if not isinstance(seconds, int | float):
            abort(400)
        numbers = {key: number_of(body, key, default) for key, default in (("times", 1), ("errcode", -1))}
        return asdict(faults.add(Fault(text_of(body, "path"), How(body["how"]), seconds=float(seconds), **numbers)))

    @tools.post("/sandbox/mend")
    def mend() -> Told:
        number = fields().get("number")
        faults.clear(number if isinstance(number, int) else None)
        return {}


def _platform(tools: Blueprint, platform: Platform, driver: Driver) -> None:
    @tools.post("/sandbox/tokens")
    def revoke() -> Told:
        with platform.lock:
            platform.tokens.revoke(platform.now())
        return {}

    @tools.post("/sandbox/whitelist")
    def whitelist() -> Told:
        platform.refuses_ip = fields().get("refuses") is True
        return {"refuses_ip": platform.refuses_ip}

    @tools.post("/sandbox/quota")
    def quota() -> Told:
        body = fields()
        for name, limits in (("per_minute", platform.quotas.per_minute), ("per_day", platform.quotas.per_day)):
            if name in body:
                limits[text_of(body, "path")] = number_of(body, name)
        return {}

    @tools.post("/sandbox/grant")
    def grant() -> Told:
        body = fields()
        with platform.changing(text_of(body, "openid")) as user:
            template_id = text_of(body, "template_id")
            user.grants[template_id] = user.grants.get(template_id, 0) + number_of(body, "count", 1)
        return {}

    @tools.post("/sandbox/verify")
    def verify() -> Told:
        return {"verified": driver.verify()}


def _step(platform: Platform, body: dict[str, Any]) -> datetime:
    if body["step"] not in {step.value for step in Step}:
        abort(400)
    return target_of(Step(body["step"]), platform.now(), platform.options.is_workday)


def _moment(text: str) -> datetime:
    """A moment as typed on the page; without an offset it is Shanghai time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        abort(400)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)

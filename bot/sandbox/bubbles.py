"""A bubble as the page and the tests get it, and the things in it that can be tapped.

kind      body kept                              shown
text      text                                   parts
image     media_id                               picture
voice     text                                   its recognised words
news      articles: title, description, url, picurl
menu      head, items: id, content; tail         items to tap
template  title, rows: label, value; url         a card
card      title, description, url                a card (music, mini program)
notice    text                                   a grey line of WeChat itself
"""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.links import Part, bare, is_web, parse
from bot.sandbox.store import Bubble


def present(bubble: Bubble) -> dict[str, Any]:
    """The bubble as JSON values. Addresses a phone would not open are left out."""
    shown: dict[str, Any] = {
        "id": bubble.id,
        "openid": bubble.openid,
        "mine": bubble.mine,
        "kind": bubble.kind,
        "at": bubble.at.isoformat(),
        **bubble.body,
    }
    if bubble.kind == "text":
        shown["parts"] = [part.packed() for part in _parts(bubble)]
    if bubble.kind == "image":
        shown["picture"] = f"/sandbox/media/{bubble.body['media_id']}"
    if "articles" in bubble.body:
        shown["articles"] = [_article(article) for article in bubble.body["articles"]]
    return _without_bad_url(shown)


def taps(bubble: Bubble) -> list[Part]:
    """What can be tapped in a bubble to send a text."""
    if bubble.kind == "menu":
        return [Part(item["content"], send=item["content"], menu_id=item["id"]) for item in bubble.body["items"]]
    return [part for part in _parts(bubble) if part.send is not None]


def find_tap(chat: Iterable[Bubble], label: str) -> Part | None:
    """The newest thing with this label that can be tapped, as a person would find it from below."""
    for bubble in reversed(list(chat)):
        for part in taps(bubble):
            if part.text.strip("[]【】 ") == label.strip("[]【】 "):
                return part
    return None


def _parts(bubble: Bubble) -> list[Part]:
    if bubble.kind != "text":
        return []
    text = bubble.body["text"]
    return bare(text) if bubble.mine else parse(text)


def _article(article: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in article.items() if key not in {"url", "picurl"} or is_web(value)}


def _without_bad_url(shown: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if key != "url" or is_web(value)}

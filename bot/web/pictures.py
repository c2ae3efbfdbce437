"""Evidence pictures for those who may see them: a signed address per viewer, and each look is logged (rules 13, 33)."""

import logging

from flask import Blueprint, Response, abort, render_template, url_for
from sqlalchemy.orm import Session

from bot import picture_links
from bot.program import Program
from models import claims, minutes_pictures, pictures, sight
from models.claims import Claim
from models.members import Member
from models.pictures import Picture, PictureStatus

log = logging.getLogger(__name__)
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'",
}


def blueprint(program: Program) -> Blueprint:
    """The page of a picture, the picture itself, and the mark 疑似涉密."""
    pages = Blueprint("pictures", __name__)

    @pages.get("/m/pictures/<signed>")
    def show(signed: str) -> Response:
        with program.sessions.read() as session:
            _, picture = _opened(program, session, signed)
            here = picture.status in (PictureStatus.STORED, PictureStatus.SEALED)
            title = _title(session, picture)
        image, seal = (url_for(f"pictures.{name}", signed=signed) for name in ("image", "seal"))
        return _page(title=title, image=image, seal=seal, missing=not here)

    @pages.get("/m/pictures/<signed>/image")
    def image(signed: str) -> Response:
        with program.sessions.read() as session:
            _, picture = _opened(program, session, signed)
        data = _kept(program, picture)
        with program.sessions.write() as session:  # whoever gets the picture has looked
            member, picture = _opened(program, session, signed)
            pictures.look(session, picture, member.id, program.clock())
        return Response(data, mimetype="image/jpeg", headers=HEADERS)

    @pages.post("/m/pictures/<signed>/seal")
    def seal(signed: str) -> Response:
        with program.sessions.write() as session:
            member, picture = _opened(program, session, signed)
            pictures.seal(session, picture, member.id)
        return _page(sealed=True)

    return pages


def _opened(program: Program, session: Session, signed: str) -> tuple[Member, Picture]:
    """Who looks, and at what; 404 for anyone who may not, whether the picture exists or not."""
    found = picture_links.read(program.config.app.secret_key, signed)
    picture = session.get(Picture, found[0]) if found else None
    member = session.get(Member, found[1]) if found else None
    if picture is None or member is None:
        abort(404)
    claim = session.get(Claim, picture.claim_id) if picture.claim_id else None
    if not sight.sees_picture(session, member, picture, claim, program.clock()):
        abort(404)
    return member, picture


def _kept(program: Program, picture: Picture) -> bytes:
    """The picture from the cabinet; 404 while it is not there."""
    if picture.stored_as is None:
        abort(404)
    try:
        return program.cabinet.get(picture.stored_as)
    except FileNotFoundError:
        log.exception("the file of picture %d is gone", picture.id)
        abort(404)


def _title(session: Session, picture: Picture) -> str:
    meeting = minutes_pictures.meeting_of(session, picture)
    if meeting is not None:
        return f"M{meeting.id} {meeting.title} 会议记录"
    if picture.claim_id is None:
        return "支部登记的佐证" if picture.recorded else "还没有申报的照片"
    claim = claims.get(session, picture.claim_id)
    return f"#{claim.id} {claim.member.name} {claims.item_of(session, claim).title}"


def _page(**values: object) -> Response:
    return Response(render_template("picture.html", **values), headers=HEADERS)

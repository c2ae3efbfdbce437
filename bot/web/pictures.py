"""Evidence pictures for those who may see them: a signed link per viewer, and each look is logged (rules 13)."""

from datetime import timedelta

from flask import Blueprint, Response, abort
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.program import Program
from models import pictures, sight
from models.claims import Claim
from models.members import Member
from models.pictures import Picture, PictureStatus

LINK_LIVES = timedelta(days=1)
SALT = "picture"


def link(secret: str, base_url: str, picture_id: int, member_id: int) -> str:
    """An address that shows one picture to one person for a day."""
    return f"{base_url}/m/pictures/{_signer(secret).dumps([picture_id, member_id])}"


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=SALT)


def blueprint(program: Program) -> Blueprint:
    """GET /m/pictures/<signed>: the picture, if this person may see it now."""
    pages = Blueprint("pictures", __name__)

    @pages.get("/m/pictures/<signed>")
    def show(signed: str) -> Response:
        try:
            picture_id, member_id = _signer(program.config.app.secret_key).loads(
                signed, max_age=int(LINK_LIVES.total_seconds())
            )
        except BadSignature:
            abort(404)
        name = _looked(program, picture_id, member_id)
        if name is None:
            abort(404)
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return Response(program.cabinet.get(name), mimetype="image/jpeg", headers=headers)

    return pages


def _looked(program: Program, picture_id: int, member_id: int) -> str | None:
    """The stored name of a picture after the look was logged; None when this person may not see it."""
    now = program.clock()
    with program.sessions.write() as session:
        picture, member = session.get(Picture, picture_id), session.get(Member, member_id)
        if picture is None or member is None:
            return None
        claim = session.get(Claim, picture.claim_id) if picture.claim_id else None
        if not sight.sees_picture(session, member, picture, claim, now):
            return None
        if picture.status not in (PictureStatus.STORED, PictureStatus.SEALED):
            return None
        pictures.look(session, picture, member.id, now)
        return picture.stored_as

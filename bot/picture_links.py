"""Addresses that show one picture to one person: signed, and good for a day (rules 13)."""

from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer

LIVES = timedelta(days=1)
SALT = "picture"


def address(secret: str, base_url: str, picture_id: int, member_id: int) -> str:
    """Where a member looks at a picture."""
    return f"{base_url}/m/pictures/{_signer(secret).dumps([picture_id, member_id])}"


def read(secret: str, signed: str) -> tuple[int, int] | None:
    """The picture and the member of an address; None when it is not ours or too old."""
    try:
        picture_id, member_id = _signer(secret).loads(signed, max_age=int(LIVES.total_seconds()))
    except BadSignature:
        return None
    return int(picture_id), int(member_id)


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=SALT)

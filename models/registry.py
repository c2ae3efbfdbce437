"""Every module with tables, listed by hand, so that the metadata is whole wherever it is asked for."""

from models import (
    access_tokens,
    appointments,
    bindings,
    claims,
    dialogs,
    followers,
    ledger,
    members,
    notices,
    organizations,
    pictures,
    receipts,
    relays,
    requests,
    rulebooks,
    settings,
    stand_in,
    zero_claims,
)
from models.base import Base

MODULES = (
    access_tokens,
    appointments,
    bindings,
    claims,
    dialogs,
    followers,
    ledger,
    members,
    notices,
    organizations,
    pictures,
    receipts,
    relays,
    requests,
    rulebooks,
    settings,
    stand_in,
    zero_claims,
)
METADATA = Base.metadata

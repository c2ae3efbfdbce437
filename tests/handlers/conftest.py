"""Dialogues here are noted, so that they can stand in the manuals."""

import pytest

from tests.databases import Database
from tests.phones import Phones
from tests.recording import Arrivals, RecordedSay, Transcript


@pytest.fixture
def transcript() -> Transcript:
    """What has been said in this test."""
    return Transcript()


@pytest.fixture
def say(database: Database, transcript: Transcript) -> RecordedSay:
    """What somebody types, answered by the bot, and noted."""
    return RecordedSay(database, transcript)


@pytest.fixture
def phones(say: RecordedSay) -> Phones:
    """What the platform delivers."""
    return Phones(say.talk)


@pytest.fixture
def arrived(phones: Phones, transcript: Transcript) -> Arrivals:
    """What was pushed to somebody since one last asked."""
    return Arrivals(phones, transcript)

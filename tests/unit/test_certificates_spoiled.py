"""A member signs what certificate it likes onto its card: what is none is refused, however it is none."""

from __future__ import annotations

import pytest
from cryptography import x509

from maglia.core.errors import Code
from maglia.core.identity import Card, SigningKey
from maglia.wire.certificates import certificate_end, is_certificate_of, is_own_certificate, make_certificate
from maglia.wire.convert import open_card, seal_card
from tests.peer_world import refused

SOUND = make_certificate("parrocchia", "prova", 3_600, 1_780_000_000).der
VERSION = SOUND.index(b"\xa0\x03\x02\x01\x02") + 4
OF_VERSION_9 = SOUND[:VERSION] + b"\x08" + SOUND[VERSION + 1 :]


def test_a_version_that_there_is_not_ends_no_reader() -> None:
    with pytest.raises(x509.InvalidVersion):  # the library's own word for it is no ValueError
        x509.load_der_x509_certificate(OF_VERSION_9)
    assert is_certificate_of(SOUND, "parrocchia", "prova")
    assert not is_certificate_of(OF_VERSION_9, "parrocchia", "prova")
    assert not is_own_certificate(OF_VERSION_9)
    with pytest.raises(ValueError, match="version"):
        certificate_end(OF_VERSION_9)


def test_a_card_with_such_a_certificate_is_refused() -> None:
    key = SigningKey(bytes(range(32)))
    card = Card("prova", "parrocchia", 1, OF_VERSION_9, "127.0.0.1:7001", 0, 2**40)
    with refused(Code.MEMBER_CARD):
        open_card(seal_card(card, key), "prova", "parrocchia", key.public)

"""The keys of a house in a copy, sealed with a passphrase: argon2id (RFC 9106), ChaCha20-Poly1305 (RFC 8439)."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass

from deploy.trouble import Trouble

SHORTEST = 12
"""Characters of a passphrase."""
ROUNDS, MEMORY, LANES = 3, 65_536, 4
"""As RFC 9106 recommends them where memory is scarce; memory in KiB."""
MOST_ROUNDS, MOST_MEMORY, MOST_LANES = 16, 1 << 20, 16
"""What a copy may ask of us."""
BOUND = b"markoff secrets"


@dataclass(frozen=True)
class Sealed:
    """What lies in a copy; bytes in base64."""

    salt: str
    nonce: str
    text: str
    rounds: int = ROUNDS
    memory: int = MEMORY
    lanes: int = LANES

    @property
    def bearable(self) -> bool:
        memory = 8 * self.lanes <= self.memory <= MOST_MEMORY
        return memory and 1 <= self.rounds <= MOST_ROUNDS and 1 <= self.lanes <= MOST_LANES


def good(passphrase: str) -> str:
    """The passphrase. Raises Trouble for one that is too short."""
    if len(passphrase) < SHORTEST:
        raise Trouble("backup.weak", least=SHORTEST)
    return passphrase


def seal(text: str, passphrase: str) -> str:
    """The text, for those who know the passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    made = Sealed(_told(os.urandom(16)), _told(os.urandom(12)), "")
    hidden = ChaCha20Poly1305(_key(made, passphrase)).encrypt(b64decode(made.nonce), text.encode(), BOUND)
    return json.dumps({**asdict(made), "text": _told(hidden)}, indent=1)


def unseal(sealed: str, passphrase: str) -> str:
    """The text again. Raises Trouble: a wrong passphrase, or something that was altered."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        made = Sealed(**json.loads(sealed))
        if not made.bearable:
            raise Trouble("restore.unsealable")
        nonce, hidden = b64decode(made.nonce, validate=True), b64decode(made.text, validate=True)
        return ChaCha20Poly1305(_key(made, passphrase)).decrypt(nonce, hidden, BOUND).decode()
    except InvalidTag as fault:
        raise Trouble("restore.wrong_passphrase") from fault
    except (ValueError, TypeError) as fault:
        raise Trouble("restore.unsealable") from fault


def _key(made: Sealed, passphrase: str) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    salt = b64decode(made.salt, validate=True)
    return hash_secret_raw(passphrase.encode(), salt, made.rounds, made.memory, made.lanes, 32, Type.ID)


def _told(given: bytes) -> str:
    return b64encode(given).decode()


__all__ = ["good", "seal", "unseal"]

"""The customer's personal values, sealed: AES-256-GCM under a data key of the case's own, wrapped by KMS.

The case id is both KMS encryption context and additional data, so that neither a wrapped key nor a sealed
text can be moved to another case. Deleting the wrapped key makes the values unreadable for good.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.adapters.aws import Clients, reaching
from chalicelib.errors import ReturnsError

NONCE_BYTES = 12


class SealBroken(ReturnsError):
    """A sealed value does not belong to this case and key, or was changed."""

    code = "seal_broken"


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A data key as it is used and as it is stored."""

    plain: bytes
    wrapped: bytes


class DataKeys(Protocol):
    """Where data keys are made and unwrapped."""

    def new(self, case_id: str) -> DataKey:
        """A fresh 256-bit key for this case."""

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        """The key as it is used; refuses one that was wrapped for another case."""


class KmsKeys:
    """Data keys under one KMS key."""

    def __init__(self, clients: Clients, key_id: str) -> None:
        self._clients, self._key_id = clients, key_id

    def new(self, case_id: str) -> DataKey:
        """A fresh 256-bit key for this case."""
        with reaching("the key service"):
            answer = self._clients.of("kms").generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext={"case_id": case_id}
            )
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"])

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        """The key as it is used."""
        with reaching("the key service"):
            answer = self._clients.of("kms").decrypt(
                CiphertextBlob=wrapped, KeyId=self._key_id, EncryptionContext={"case_id": case_id}
            )
        plain: bytes = answer["Plaintext"]
        return plain


def seal(key: bytes, text: bytes, belongs_to: str, nonce: Callable[[int], bytes] = os.urandom) -> bytes:
    """Nonce and sealed text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    fresh = nonce(NONCE_BYTES)
    return fresh + AESGCM(key).encrypt(fresh, text, belongs_to.encode())


def unseal(key: bytes, sealed: bytes, belongs_to: str) -> bytes:
    """The text again; raises ``SealBroken``."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to.encode())
    except (InvalidTag, ValueError):
        raise SealBroken("a sealed value does not belong here") from None

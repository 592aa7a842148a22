"""The evidence bucket: what carriers sent, byte for byte and by digest, and labels under their case."""

from __future__ import annotations

import re
from hashlib import sha256

from chalicelib.adapters import keys
from chalicelib.adapters.aws import Client, Clients, code_of, reaching
from chalicelib.errors import NotFoundError

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class BucketEvidence:
    """``Evidence`` over S3."""

    def __init__(self, clients: Clients, bucket: str) -> None:
        self._clients, self._bucket = clients, bucket

    def keep_raw(self, body: bytes) -> str:
        """Keep what a carrier sent under its SHA-256; the same bytes twice are one object.

        Returns the digest.
        """
        digest = sha256(body).hexdigest()
        self._put_once(f"raw/{digest}", body, "application/octet-stream")
        return digest

    def raw(self, digest: str) -> bytes:
        """What was kept under this digest; raises ``NotFoundError``."""
        if not _DIGEST.match(digest):
            raise NotFoundError("a digest is 64 hexadecimal digits")
        from botocore.exceptions import ClientError

        try:
            with reaching("the evidence bucket"):
                body: bytes = self._client.get_object(Bucket=self._bucket, Key=f"raw/{digest}")["Body"].read()
        except ClientError as refused:
            if code_of(refused) not in ("NoSuchKey", "404"):
                raise
            raise NotFoundError("no raw body is kept under this digest") from None
        return body

    def keep_label(self, case_id: str, name: str, content: bytes, content_type: str) -> str:
        """Keep a label under its case and return its key; the same name again replaces it (older versions
        stay).
        """
        key = f"labels/{keys.part(case_id)}/{keys.part(name)}"
        with reaching("the evidence bucket"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)
        return key

    @property
    def _client(self) -> Client:
        return self._clients.of("s3")

    def _put_once(self, key: str, content: bytes, content_type: str) -> None:
        """Not written when it is there: the bucket keeps versions, and a repeat would be one more."""
        from botocore.exceptions import ClientError

        try:
            with reaching("the evidence bucket"):
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, IfNoneMatch="*"
                )
        except ClientError as refused:
            # 409: the same bytes are being written by somebody else at this moment.
            if code_of(refused) not in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                raise

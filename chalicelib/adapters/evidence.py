"""The evidence bucket: what carriers sent, byte for byte and by digest; labels and our own papers under their case;
what customers and the desk uploaded, and what is shown of it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.adapters import evidence_keys, keys
from chalicelib.adapters.aws import Client, Clients, code_of, reaching
from chalicelib.clock import stamp
from chalicelib.errors import NotFoundError
from chalicelib.workflows.evidence_ports import Upload

# What may be read by a link: carriers' labels, papers of our own, packs of claims, never what carriers sent.
SERVED = ("labels/", "papers/", "claims/")
# What goes into the pack of a claim: the same, and never a pack.
PACKED = ("labels/", "papers/")
# Who may not list a bucket is told of what is not there that it may not read it.
GONE = frozenset({"NoSuchKey", "404"})
# What is noted on a raw body beside its bytes: all that reading it again needs.
RAW_NOTES = ("source", "received-at")
SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
# Of uploads only copies of photos may be seen in a browser. The original of a photo is served to nobody.
GIVEN_AS_FILES = frozenset({"application/pdf", "video/mp4", "video/quicktime"})
JPEG = "image/jpeg"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class BucketEvidence:
    """``Evidence`` over S3."""

    def __init__(self, clients: Clients, bucket: str) -> None:
        self._clients, self._bucket = clients, bucket

    def keep_raw(self, body: bytes, source: str, at: datetime) -> str:
        """Keep what a carrier sent under its SHA-256, with its source and when it came (``RAW_NOTES``); the same bytes
        twice are one object.

        Returns the digest.
        """
        digest = sha256(body).hexdigest()
        notes = dict(zip(RAW_NOTES, (source, stamp(at)), strict=True))
        self._put_once(f"raw/{digest}", body, "application/octet-stream", notes)
        return digest

    def raw(self, digest: str) -> bytes:
        """What was kept under this digest; raises ``NotFoundError``."""
        if not _DIGEST.match(digest):
            raise NotFoundError("a digest is 64 hexadecimal digits")
        return self._read(f"raw/{digest}", "no raw body is kept under this digest")

    def note_erased(self, case_id: str, at: datetime) -> None:
        """Note outside the table that the person of this case is erased; noted once."""
        self._put_once(keys.erased_key(case_id), stamp(at).encode(), "text/plain")

    def keep_export(self, export_id: str, content: bytes) -> None:
        """Keep what was gathered about a person; the same export again replaces it."""
        with reaching("the evidence bucket"):
            self._client.put_object(
                Bucket=self._bucket, Key=keys.export_key(export_id), Body=content, ContentType="application/zip"
            )

    def export_link(self, export_id: str, seconds: int) -> str | None:
        """A presigned GET of an export, always as a file; None while there is none."""
        from botocore.exceptions import ClientError

        key = keys.export_key(export_id)
        try:
            with reaching("the evidence bucket"):
                self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as refused:
            if code_of(refused) not in GONE | {"403", "AccessDenied"}:
                raise
            return None
        asked = {
            "Bucket": self._bucket,
            "Key": key,
            "ResponseContentType": "application/zip",
            "ResponseContentDisposition": f'attachment; filename="export-{_UNSAFE.sub("_", export_id)}.zip"',
            "ResponseCacheControl": "private, no-store",
        }
        url: str = self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return url

    def keep_label(self, case_id: str, name: str, content: bytes, content_type: str) -> str:
        """Keep a label under its case and return its key; the same name again replaces it (older versions
        stay).
        """
        key = self.label_key(case_id, name)
        with reaching("the evidence bucket"):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)
        return key

    def keep_paper(self, case_id: str, stem: str, content: bytes) -> str:
        """Keep a PDF of our own under its case and return its key. Its stem carries its digest: kept once."""
        key = keys.paper_key(case_id, stem)
        self._put_once(key, content, "application/pdf")
        return key

    def keep_claim_pack(self, case_id: str, stem: str, content: bytes) -> str:
        """Keep the pack of a claim under its case and return its key. Its stem carries its digest: kept once."""
        key = keys.claim_pack_key(case_id, stem)
        self._put_once(key, content, "application/zip")
        return key

    def kept(self, key: str) -> bytes:
        """A carrier's label or a paper of our own, as it was kept; raises ``NotFoundError``."""
        if not key.startswith(PACKED):
            raise NotFoundError("nothing is read from there")
        return self._read(key, "nothing is kept under this key", GONE | {"AccessDenied"})

    def label_key(self, case_id: str, name: str) -> str:
        """Where ``keep_label`` puts it."""
        return keys.label_key(case_id, name)

    def paper_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        """A presigned GET of one paper. It names neither a person nor what is in the parcel: the case, the leg, the
        kind of paper. Shown in the browser only what cannot run there; everything else is offered as a file."""
        if not key.startswith(SERVED):
            raise NotFoundError("no paper is served from there")
        shown = "inline" if media_type in SHOWN else "attachment"
        answered = {
            "ResponseContentType": media_type if media_type in SHOWN else "application/octet-stream",
            "ResponseContentDisposition": f'{shown}; filename="{_UNSAFE.sub("_", filename)}"',
            "ResponseCacheControl": "private, no-store",
        }
        asked = {"Bucket": self._bucket, "Key": key, **answered}
        url: str = self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return url

    def offer_put(self, upload: Upload, *, media_type: str, size: int, sha256: str, seconds: int) -> Mapping[str, Any]:
        """A presigned PUT whose signed headers bind type, size and digest: S3 refuses any other bytes."""
        digest = b64encode(bytes.fromhex(sha256)).decode()
        bound = {"ContentType": media_type, "ContentLength": size, "ChecksumSHA256": digest}
        asked = {"Bucket": self._bucket, "Key": _upload_key(upload), **bound}
        url: str = self._client.generate_presigned_url("put_object", Params=asked, ExpiresIn=seconds)
        headers = {"Content-Type": media_type, "Content-Length": str(size), "x-amz-checksum-sha256": digest}
        return {"method": "PUT", "url": url, "headers": headers}

    def offer_form(
        self, upload: Upload, *, media_type: str, sizes: tuple[int, int], redirect_to: str, seconds: int
    ) -> Mapping[str, Any]:
        """A presigned POST whose policy binds key, type, range of sizes and where the browser is sent on to."""
        onward = {"success_action_redirect": redirect_to} if redirect_to else {}
        fields = {"Content-Type": media_type, **onward}
        conditions = [{name: value} for name, value in fields.items()]
        form = self._client.generate_presigned_post(
            self._bucket,
            _upload_key(upload),
            Fields=fields,
            Conditions=[*conditions, ["content-length-range", *sizes]],
            ExpiresIn=seconds,
        )
        return {"url": form["url"], "fields": form["fields"]}

    def upload_size(self, upload: Upload) -> int | None:
        """Bytes uploaded; None when nothing is there, which a reader who may not list is told as a refusal."""
        from botocore.exceptions import ClientError

        try:
            with reaching("the evidence bucket"):
                found = self._client.head_object(Bucket=self._bucket, Key=_upload_key(upload))
        except ClientError as refused:
            if code_of(refused) not in GONE | {"AccessDenied", "403"}:
                raise
            return None
        return int(found["ContentLength"])

    def uploaded(self, upload: Upload, most: int) -> bytes:
        """The bytes uploaded, at most one more than ``most``; raises ``NotFoundError``."""
        return self._read(_upload_key(upload), "nothing was uploaded", GONE | {"AccessDenied"}, most + 1)

    def keep_evidence(self, upload: Upload, digest: str, content: bytes) -> str:
        """Keep an upload under its digest, once, as bytes without a type: nobody is to open it by accident."""
        key = evidence_keys.original_key(upload.case_id, upload.evidence_id, digest)
        self._put_once(key, content, "application/octet-stream")
        return key

    def keep_shown(self, upload: Upload, what: str, digest: str, content: bytes) -> str:
        """Keep a copy or a thumbnail of a photo under its digest, once."""
        key = evidence_keys.shown_key(upload.case_id, upload.evidence_id, what, digest)
        self._put_once(key, content, JPEG)
        return key

    def evidence_link(self, key: str, *, media_type: str, filename: str, seconds: int) -> str:
        """A presigned GET of one shown copy (in the browser), or of one paper or video (as a file)."""
        shown = key.startswith("shown/")
        if not shown and not (key.startswith("evidence/") and media_type in GIVEN_AS_FILES):
            raise NotFoundError("this is served to nobody")
        disposition = "inline" if shown else "attachment"
        answered = {
            "ResponseContentType": JPEG if shown else media_type,
            "ResponseContentDisposition": f'{disposition}; filename="{_UNSAFE.sub("_", filename)}"',
            "ResponseCacheControl": "private, no-store",
        }
        asked = {"Bucket": self._bucket, "Key": key, **answered}
        url: str = self._client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        return url

    @property
    def _client(self) -> Client:
        return self._clients.of("s3")

    def _read(self, key: str, missing: str, gone: frozenset[str] = GONE, most: int | None = None) -> bytes:
        from botocore.exceptions import ClientError

        try:
            with reaching("the evidence bucket"):
                body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read(most)
        except ClientError as refused:
            if code_of(refused) not in gone:
                raise
            raise NotFoundError(missing) from None
        return body

    def _put_once(self, key: str, content: bytes, content_type: str, notes: Mapping[str, str] | None = None) -> None:
        """Not written when it is there: the bucket keeps versions, and a repeat would be one more."""
        from botocore.exceptions import ClientError

        try:
            with reaching("the evidence bucket"):
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=content,
                    ContentType=content_type,
                    IfNoneMatch="*",
                    Metadata=dict(notes or {}),
                )
        except ClientError as refused:
            # 409: the same bytes are being written by somebody else at this moment.
            if code_of(refused) not in ("PreconditionFailed", "ConditionalRequestConflict", "412", "409"):
                raise


def _upload_key(upload: Upload) -> str:
    return evidence_keys.upload_key(upload.case_id, upload.evidence_id)

"""Every error of ours: one root, families by who must act, leaves that state the fact.

Each leaf has a stable ``code`` and a message without personal data. Outcomes a caller expects (refused, duplicate,
incomplete) are values, not errors; an error means "cannot go on". No HTTP numbers and no AWS names live here:
the edge maps families to problem bodies.

>>> RuleNotInForce("customs/us/mfn", "2019-01-01").code
'rule_not_in_force'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing wrong with a request: where it is, a stable code, and what to do about it."""

    field: str
    code: str
    detail: str
    source: str = "body"
    retryable: bool = False


class ReturnsError(Exception):
    """Root of every error of ours; never raised itself."""

    code = "returns_error"


class InvalidRequestError(ReturnsError):
    """The request cannot be carried out as written; ``faults`` lists every reason at once."""

    code = "invalid_request"

    def __init__(self, detail: str, faults: Sequence[FieldFault] = ()) -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


class ReturnRefused(InvalidRequestError):
    """The return may not come back as asked; each fault is one reason with its rule."""

    code = "return_refused"


class UnreadableBody(InvalidRequestError):
    """The body is not what it claims to be (empty, truncated, too deep, duplicate keys, NaN)."""

    code = "unreadable_body"


class BodyTooLarge(InvalidRequestError):
    """The body is over the size this route takes."""

    code = "body_too_large"


class NotFoundError(ReturnsError):
    """Nothing is known under this name, or it is not the caller's to see."""

    code = "not_found"


class ConflictError(ReturnsError):
    """The request contradicts what is already so; read the present state and decide again."""

    code = "conflict"


class StaleVersion(ConflictError):
    """Somebody else wrote first."""

    code = "stale_version"


class IdempotencyMismatch(ConflictError):
    """This Idempotency-Key was used with another body."""

    code = "idempotency_key_reused"


class StageNotAllowed(ConflictError):
    """The case cannot go from its stage to the one asked for; nothing was changed."""

    code = "stage_not_allowed"

    def __init__(self, from_stage: str, to_stage: str) -> None:
        super().__init__(f"a case at stage {from_stage} cannot become {to_stage}")
        self.from_stage, self.to_stage = from_stage, to_stage


class PaperPending(ConflictError):
    """The paper is planned and not made yet; ask again after ``retry_after`` seconds."""

    code = "paper_pending"
    retry_after = 15

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is being made; ask again shortly")
        self.name = name


class PaperWaiting(ConflictError):
    """The paper cannot be made yet; each fault names a field that it lacks, or the exception that a person must
    resolve first."""

    code = "paper_waiting"

    def __init__(self, name: str, missing: Sequence[str] = (), *, exception: str | None = None) -> None:
        told = (*missing, *((f"the exception {exception}",) if exception else ()))
        super().__init__(f"{name} waits for {', '.join(told)}")
        faults = [FieldFault(one, "missing", f"give {one}: {name} is made then", "case") for one in missing]
        if exception:
            detail = f"resolve the exception {exception} of this case; {name} can be had then"
            faults.append(FieldFault("", exception, detail, "case"))
        self.faults = tuple(faults)


class AmbiguousNumber(ConflictError):
    """Several shipments carry this number; name the ship date. ``ship_dates`` lists them."""

    code = "ambiguous_number"

    def __init__(self, number: str, ship_dates: Sequence[str]) -> None:
        super().__init__(f"several shipments carry this number; add ?ship_date= with one of {', '.join(ship_dates)}")
        self.number, self.ship_dates = number, tuple(ship_dates)


class UntrustedSenderError(ReturnsError):
    """The caller did not prove who it is. The reason is never told to it."""

    code = "untrusted_sender"


class SignatureMismatch(UntrustedSenderError):
    """The signature is missing or does not belong to these bytes."""

    code = "signature_mismatch"


class TokenNotAccepted(UntrustedSenderError):
    """The API token is missing, unknown, revoked or expired."""

    code = "token_not_accepted"


class NotPermitted(ReturnsError):
    """The token is good but lacks the scope."""

    code = "not_permitted"

    def __init__(self, scope: str) -> None:
        super().__init__(f"this token lacks the scope {scope}")
        self.scope = scope


class RuleError(ReturnsError):
    """The rules cannot answer; a person or a newer rule file must."""

    code = "rule_error"


class RuleNotInForce(RuleError):
    """No vintage of this rule covers the date: borrowing the nearest one would be a guess. ``held`` says which days are
    covered, where any are."""

    code = "rule_not_in_force"

    def __init__(self, dataset: str, on: object, held: str | None = None) -> None:
        hint = held or "add a vintage named for its effective date"
        super().__init__(f"no rule of {dataset} is in force on {on}; {hint}")
        self.dataset, self.on = dataset, on


class RuleFileInvalid(RuleError):
    """A rule file breaks its own schema; it is refused whole."""

    code = "rule_file_invalid"


class CarrierError(ReturnsError):
    """A carrier could not be used; the leaf says who must act."""

    code = "carrier_error"


class CarrierUnavailable(CarrierError):
    """Nothing was carried out for certain; try again after ``retry_after`` seconds (None: as the caller sees fit)."""

    code = "carrier_unavailable"

    def __init__(self, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class CarrierOutcomeUnknown(CarrierError):
    """The call was sent and no answer came: it may have been carried out. Never repeat it blindly."""

    code = "carrier_outcome_unknown"


class CarrierRefused(CarrierError):
    """The carrier's answer is final: it will not do this. Carries its own code and wording."""

    code = "carrier_refused"

    def __init__(self, carrier_code: str, text: str) -> None:
        super().__init__(f"{carrier_code}: {text}")
        self.carrier_code, self.text = carrier_code, text


class CarrierUnreadable(CarrierError):
    """The body is no answer of this carrier that we can read; keep it raw and alert."""

    code = "carrier_unreadable"


class UnavailableError(ReturnsError):
    """Something of ours (secret store, table) cannot be reached now; nothing was accepted."""

    code = "unavailable"


class MailRefused(ReturnsError):
    """The mail will never be taken as it is: an address that is none, or a message that was refused for good."""

    code = "mail_refused"


class OutboundFailed(ReturnsError):
    """A receiver gave no answer. ``word`` says why (timeout, no_connection, not_resolved, tls_failed, hung_up,
    address_refused), ``took_ms`` after how long; its address is never repeated."""

    code = "outbound_failed"

    def __init__(self, word: str, took_ms: int | None = None) -> None:
        super().__init__(f"the receiver gave no answer: {word}")
        self.word, self.took_ms = word, took_ms


class StoredItemUnreadable(ReturnsError):
    """An item of the table is not what this version of the program can read. A person must look at it."""

    code = "stored_item_unreadable"


class SettingsInvalid(ReturnsError):
    """The configuration is incomplete or wrong; ``faults`` lists every entry at once. The process must not start."""

    code = "settings_invalid"

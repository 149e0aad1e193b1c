"""How the approval of operators' names travels: a file that says what is to be approved, and one with the signatures.

Neither names a person: each body's part is bound to the request by a number and by a salted hash.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from maglia.core.access import REQUEST_ID_BYTES, NamesApproval
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_member_id, check_network_name
from maglia.core.signed_json import check_distinct, dump, load
from maglia.wire.access import NAMES_APPROVAL, encode_approval
from maglia.wire.envelope import seal
from tui.access_model import NamesWanted

_REQUEST_SCHEMA = "maglia.names-request/1"
_APPROVAL_SCHEMA = "maglia.names-approval/1"
_COMMITMENT_BYTES = 32
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class NamesRequest:
    """What the data-protection officer is asked to approve: that these bodies name their operators in one request."""

    network: str
    asker: str
    case: str
    due: str
    wanted: tuple[NamesWanted, ...]


def encode_names_request(request: NamesRequest) -> bytes:
    """Return the file that goes to the officer."""
    return dump(
        {
            "schema": _REQUEST_SCHEMA,
            "network": request.network,
            "asker": request.asker,
            "case": request.case,
            "due": request.due,
            "wanted": [
                {"addressee": one.addressee, "request_id": one.request_id.hex(), "commitment": one.commitment.hex()}
                for one in request.wanted
            ],
        }
    )


def read_names_request(path: Path) -> NamesRequest:
    """Read the file; raise `input.file`, or `input.file_content` for another one."""
    try:
        data = load(_content(path), _REQUEST_SCHEMA)
        wanted = tuple(
            NamesWanted(
                check_member_id(one["addressee"]),
                _exactly(one["request_id"], REQUEST_ID_BYTES),
                _exactly(one["commitment"], _COMMITMENT_BYTES),
            )
            for one in data["wanted"]
        )
        check_distinct([one.addressee for one in wanted])
        due = date.fromisoformat(data["due"]).isoformat()
        asker = check_member_id(data["asker"])
        return NamesRequest(check_network_name(data["network"]), asker, str(data["case"])[:20], due, wanted)
    except (KeyError, TypeError, ValueError, MagliaError, RecursionError) as error:
        raise _refused(path, error) from error


def sign_approval(request: NamesRequest, official: str, key: SigningKey, expires: date, reason: str) -> list[bytes]:
    """Return one signed approval for each body, serialized; each holds alone, so that bodies can't compare them."""
    signed = []
    for one in request.wanted:
        approval = NamesApproval(
            network=request.network,
            official=official,
            asker=request.asker,
            addressee=one.addressee,
            request_id=one.request_id,
            commitment=one.commitment,
            expires=expires,
            reason=reason,
        )
        signed.append(seal(NAMES_APPROVAL, request.network, encode_approval(approval), key).SerializeToString())
    return signed


def encode_names_approval(request: NamesRequest, envelopes: Sequence[bytes]) -> bytes:
    """Return the file that goes back to the body."""
    approvals = [b64encode(one).decode() for one in envelopes]
    return dump({"schema": _APPROVAL_SCHEMA, "case": request.case, "approvals": approvals})


def read_names_approval(path: Path) -> list[bytes]:
    """Return the signed approvals of a file, not verified; raise `input.file`, `input.file_content`."""
    try:
        data = load(_content(path), _APPROVAL_SCHEMA)
        return [b64decode(str(one), validate=True) for one in data["approvals"]]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _refused(path, error) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    if len(content) > _MAX_BYTES:
        raise ValueError("longer than any such file")
    return content


def _exactly(text: object, size: int) -> bytes:
    content = bytes.fromhex(str(text))
    if len(content) != size:
        raise ValueError("bytes missing")
    return content


def _refused(path: Path, error: Exception) -> MagliaError:
    if isinstance(error, MagliaError) and error.code is Code.INPUT_FILE:
        return error
    return MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error))

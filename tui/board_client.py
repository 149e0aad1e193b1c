"""What an officer reads at the registry of the network's life, over gRPC: nodes, budgets, procedures, history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from maglia.core.checkpoint import Checkpoint, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, log_origin, witness_name
from maglia.core.merkle import verify_consistency
from maglia.core.procedures import Procedure
from maglia.v1 import office_pb2
from maglia.v1.office_pb2_grpc import OfficeServiceStub
from tui.door import CALL_S, Door, Line, answer
from tui.office_messages import budgets_of, epochs_of, history_line, node_row, procedure_of
from tui.office_model import Board, Budgets, History, LogHead, LogKeys
from tui.profile import Profile

if TYPE_CHECKING:
    from maglia.v1.office_pb2_grpc import OfficeServiceAsyncStub


class BoardDoor(Door):
    """What there is to read of the network at the accreditation registry."""

    def __init__(self, profile: Profile, line: Line | None = None) -> None:
        super().__init__(profile, line)
        self._network = profile.network
        self._stub: OfficeServiceAsyncStub = OfficeServiceStub(self._channel)

    async def history(self, member: str, keys: LogKeys | None, known: LogHead, *, logins: bool = False) -> History:
        """Return what the registry's log says of a body (empty: of none), or of logins that were refused.

        `keys` are those that officers signed, None before the first publication; `known` is the head seen last. Raises
        `log.checkpoint` when log or witness did not sign its head, `log.rewritten` when it does not continue the known
        one, `log.broken` for what is no entry about the body.
        """
        request = office_pb2.GetHistoryRequest(member=member, logins=logins, known_size=known.size)
        response = await answer(self._stub.GetHistory(request, metadata=self._metadata, timeout=CALL_S))
        head = self._head(response, keys or LogKeys(response.log_key, response.witness_key))
        proof = list(response.consistency)
        if known.size and not verify_consistency(known.size, head.size, proof, known.root, head.root):
            raise MagliaError(Code.LOG_REWRITTEN, cause=f"{head.size} entries after {known.size}")
        lines = [history_line(entry, head, member) for entry in response.entries]
        return History(lines, head.size, head.root.hex(), is_signed=keys is not None)

    def _head(self, response: office_pb2.GetHistoryResponse, keys: LogKeys) -> Checkpoint:
        log, witness = _key(keys.log), _key(keys.witness)
        verify_cosignature(response.checkpoint, witness_name(self._network), witness)
        return open_checkpoint(response.checkpoint, log_origin(REGISTRY_ID, self._network), log)

    async def board(self) -> Board:
        """Return how each node is, and what the registry says with it."""
        response = await answer(
            self._stub.GetBoard(office_pb2.GetBoardRequest(), metadata=self._metadata, timeout=CALL_S)
        )
        nodes = [node_row(node, response) for node in response.nodes]
        return Board(nodes, response.now, response.absence_days, epochs_of(response))

    async def budgets(self, member: str = "") -> Budgets:
        """Return how much of each budget is spent, of one body or of all; raise `member.unknown`."""
        request = office_pb2.GetBudgetsRequest(member=member)
        response = await answer(self._stub.GetBudgets(request, metadata=self._metadata, timeout=CALL_S))
        return budgets_of(response)

    async def procedures(self) -> list[Procedure]:
        """Return the procedures that two officers signed."""
        request = office_pb2.ListProceduresRequest()
        response = await answer(self._stub.ListProcedures(request, metadata=self._metadata, timeout=CALL_S))
        return [procedure_of(one) for one in response.procedures]


def _key(public: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise MagliaError(Code.LOG_CHECKPOINT, cause="not a public key") from error

"""What is told to the ledger, many things in one commit: all that came up in a turn of the loop.

A commit that is safe on disk costs about as much for twenty mails as for one.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.core.delivery import Delivery
from digest.errors import StoreError

_PAUSE = 1.0  # seconds
Commit = Callable[[Sequence[Delivery], Sequence[Delivery]], tuple[list[bool], list[bool]]]


@dataclass(frozen=True, slots=True)
class _Beginning:
    delivery: Delivery
    stored: asyncio.Future[bool]


@dataclass(frozen=True, slots=True)
class _Ending:
    delivery: Delivery
    told: Callable[[bool], None]


class Journal:
    """Gathers beginnings and endings of mails, and commits them in order.

    Args:
        commit: stores begun and settled deliveries in one transaction; says for each
            whether it was stored.
        patience: how many times ``close`` tries again to store what is known, a second
            apart, while the store is away.
    """

    def __init__(self, commit: Commit, *, patience: int = 60) -> None:
        self._commit = commit
        self._patience = patience
        self._beginnings: list[_Beginning] = []
        self._endings: list[_Ending] = []
        self._written: asyncio.Future[None] | None = None
        self._failure: Exception | None = None
        self._unheard: Exception | None = None

    async def begin(self, delivery: Delivery) -> bool:
        """Store that a mail is begun; every ending told before is then stored too.

        Raises:
            StoreError: the store cannot be used.
        """
        if self._failure:
            raise self._failure
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._beginnings.append(_Beginning(delivery, stored))
        self._wake()
        return await stored

    def settle(self, delivery: Delivery, told: Callable[[bool], None]) -> None:
        """Have an outcome stored soon; ``told`` hears whether it was."""
        self._endings.append(_Ending(delivery, told))
        self._wake()

    async def close(self) -> None:
        """Return when all is stored; what could not be stored is tried again.

        A relay that accepted a mail will not say so again: a database server that restarts is
        waited for.

        Raises:
            StoreError: some of it could not be.
            Exception: whatever a ``told`` raised.
        """
        while self._written:
            await self._written
        if self._failure and self._endings:
            endings, self._endings = self._endings, []
            _tell(endings, await self._settled_at_last([entry.delivery for entry in endings]))
        if self._unheard:
            raise self._unheard

    async def _settled_at_last(self, deliveries: Sequence[Delivery]) -> Sequence[bool]:
        for _ in range(self._patience):
            try:
                return self._commit([], deliveries)[1]
            except StoreError as error:
                if not error.temporary:
                    raise
            await asyncio.sleep(_PAUSE)
        return self._commit([], deliveries)[1]

    def _wake(self) -> None:
        """Have all written that comes up until the end of the loop's next turn.

        In that turn the replies are heard that arrived during this one: a third fewer commits.
        """
        if self._written is None and self._failure is None:
            loop = asyncio.get_running_loop()
            self._written = loop.create_future()
            loop.call_soon(loop.call_soon, self._write, self._written)

    def _write(self, written: asyncio.Future[None]) -> None:
        beginnings, self._beginnings = self._beginnings, []
        endings, self._endings = self._endings, []
        self._written = None
        written.set_result(None)
        try:
            begun, settled = self._commit(
                [entry.delivery for entry in beginnings], [entry.delivery for entry in endings]
            )
        except Exception as error:  # noqa: BLE001 - each beginning raises it
            self._fail(error, [*beginnings, *self._beginnings], endings)
            return
        for beginning, is_stored in zip(beginnings, begun, strict=True):
            if not beginning.stored.done():
                beginning.stored.set_result(is_stored)
        try:
            _tell(endings, settled)
        except Exception as error:  # noqa: BLE001 - stored all the same; `close` raises it
            self._unheard = error
            self._fail(error, self._beginnings, ())

    def _fail(
        self,
        error: Exception,
        beginnings: Sequence[_Beginning],
        endings: Sequence[_Ending],
    ) -> None:
        """Let nothing more begin; keep what is to be told for a last try."""
        self._failure = error
        self._beginnings = []
        self._endings = [*endings, *self._endings]
        for entry in beginnings:
            if not entry.stored.done():
                entry.stored.set_exception(error)


def _tell(endings: Sequence[_Ending], settled: Sequence[bool]) -> None:
    for ending, is_stored in zip(endings, settled, strict=True):
        ending.told(is_stored)

"""What was typed into the form of the pages, as it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from digest.core.sign_up import Answer, Limits, SignUp


class SignUpStore(Protocol):
    """Sign-ups and the mails that they cause."""

    def ask(self, sign_up: SignUp, limits: Limits) -> Answer:
        """Take a sign-up unless a limit is reached; one whose address rests causes no mail.

        One transaction: of many at once no more are taken than the limits allow.
        """
        ...

    def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> Sequence[SignUp]:
        """Return sign-ups whose mail is due; nobody else gets them until the lease ends."""
        ...

    def settle(self, sign_up: SignUp, *, next_attempt_at: datetime) -> None:
        """Record what became of a mail."""
        ...

    def find(self, number: int) -> SignUp | None:
        """Return a sign-up, or None when there is none or no more."""
        ...

    def confirm(self, number: int, *, now: datetime) -> bool:
        """Record that the owner of the address agreed; False when that was known."""
        ...

"""What templates see of the ways to ask for more or fewer papers like one.

The address of the page names the reader and the edition and is signed; the paper and the
wish stand in its query, the same for every reader. So a card that many mails share has them
in it, and only the address is a slot.
"""

from dataclasses import dataclass
from urllib.parse import quote

from digest.core.paper import PaperId


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """Where "more like this" and "fewer like this" lead; "" where there is no page."""

    more: str = ""
    fewer: str = ""


def view_feedback(page: str, paper: PaperId) -> FeedbackView:
    """Prepare a reader's feedback page, or the slot for it, for a paper's card; "" has none."""
    if not page:
        return FeedbackView()
    name = quote(paper.encode("utf-8", "surrogatepass"), safe="")
    return FeedbackView(f"{page}?more={name}", f"{page}?fewer={name}")

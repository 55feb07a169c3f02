"""Texts of mails that are hard to send, for hypothesis to draw."""

from hypothesis import strategies as st

BODIES = st.lists(
    st.sampled_from([".", "From ", "=", " ", "\n", "\t", "ab", "é", "😀", "<p>", "x" * 25, "."])
    | st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5)
).map("".join)

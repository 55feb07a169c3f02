"""The signature that RFC 8463 prints is over what we would sign."""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from digest.core.dkim import _relaxed


def test_signature_printed_in_rfc_8463_is_over_what_we_would_sign():
    """Appendix A.3: its header made relaxed, hashed, and the hash signed with Ed25519."""
    head = (
        b"From: Joe SixPack <joe@football.example.com>\r\n"
        b"To: Suzie Q <suzie@shopping.example.net>\r\n"
        b"Subject: Is dinner ready?\r\n"
        b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
        b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    )
    itself = (
        b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
        b" d=football.example.com; i=@football.example.com;\r\n"
        b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
        b" subject : date : message-id : from : subject : date;\r\n"
        b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
        b" b=\r\n"
    )
    printed = (
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    )
    names = ["from", "to", "subject", "date", "message-id"]
    fields = _relaxed(head)
    (own,) = _relaxed(itself)["dkim-signature"]
    signed = b"".join(fields[name][0] for name in names) + own.removesuffix(b"\r\n")
    key = base64.b64decode("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    Ed25519PublicKey.from_public_bytes(key).verify(
        base64.b64decode(printed), hashlib.sha256(signed).digest()
    )

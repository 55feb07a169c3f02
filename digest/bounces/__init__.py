"""Reports about mails: where they lie (Maildir, IMAP, webhooks) and what they say.

``reading.understand`` takes the bytes of a message, ``webhook.understand`` those of a
provider's call; both give findings, which prove nothing until they are traced.
"""

"""What providers' calls say, in each of their forms."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.bounces.webhook import FORMS, understand
from digest.core.findings import Taken

ADA = "ada@example.com"
OURS = "<2026-11-23.0123456789abcdef01234567@example.org>"
SUBSCRIBE = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"


def call(form, told):
    return understand(form, json.dumps(told).encode())


def only(form, told):
    (finding,) = call(form, told).findings
    return finding


def ses_bounce(kind="Permanent", sub="General", **recipient):
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": sub,
            "feedbackId": "f-1",
            "bouncedRecipients": [{"emailAddress": ADA} | recipient],
        },
        "mail": {
            "messageId": "0102-ses",
            "headers": [{"name": "Message-ID", "value": OURS}],
            "commonHeaders": {"messageId": OURS},
        },
    }


def in_sns(told):
    return {"Type": "Notification", "MessageId": "m", "Message": json.dumps(told)}


# Generic


@pytest.mark.parametrize(
    ("event", "taken_for", "is_final"),
    [
        ("bounce", Taken.BOUNCE, True),
        ("hard_bounce", Taken.BOUNCE, True),
        ("soft-bounce", Taken.BOUNCE, False),
        ("Complaint", Taken.COMPLAINT, True),
        ("unsubscribe", Taken.UNSUBSCRIBE, True),
        ("delay", Taken.DELAY, True),
        ("opened", Taken.NOTICE, True),
        ("", Taken.NOTICE, True),
    ],
)
def test_generic_events_have_their_meaning(event, taken_for, is_final):
    finding = only("generic", {"event": event, "email": ADA})
    assert (finding.taken_for, finding.recipient, finding.is_final) == (taken_for, ADA, is_final)


def test_generic_events_may_tell_more_and_come_in_lists():
    event = {
        "event": "bounce",
        "recipient": f"Ada <{ADA}>",
        "message_id": OURS.strip("<>"),
        "diagnostic": "550 5.1.1\r\nno such user",
        "id": "e-1",
    }
    for told in (event, [event], {"events": [event]}):
        finding = only("generic", told)
        assert (finding.status, finding.diagnostic) == ("5.1.1", "550 5.1.1 no such user")
        assert (finding.message_ids, finding.report_id) == ((OURS,), "e-1")
    assert len(call("generic", [event, event | {"event": "delay"}]).findings) == 2
    assert call("generic", []).findings == ()


def test_an_event_without_an_id_is_known_again_by_what_it_says():
    told = {"event": "bounce", "email": ADA}
    again = dict(reversed(told.items()))
    assert only("generic", told).report_id == only("generic", again).report_id
    assert only("generic", told).report_id != only("generic", told | {"x": 1}).report_id


# Amazon SES


@pytest.mark.parametrize("wrap", [in_sns, lambda told: told])
def test_an_ses_bounce_is_read_inside_sns_and_without(wrap):
    told = ses_bounce(status="5.1.1", action="failed", diagnosticCode="smtp; 550 5.1.1 unknown")
    finding = only("ses", wrap(told))
    assert (finding.taken_for, finding.is_final) == (Taken.BOUNCE, True)
    assert (finding.recipient, finding.status) == (ADA, "5.1.1")
    assert (finding.message_ids[0], finding.report_id) == (OURS, f"f-1:{ADA}")


@pytest.mark.parametrize(
    ("kind", "sub", "recipient", "taken_for"),
    [
        ("Permanent", "NoEmail", {}, Taken.BOUNCE),
        ("Permanent", "OnAccountSuppressionList", {}, Taken.BOUNCE),
        ("Transient", "MailboxFull", {}, Taken.BOUNCE),
        ("Transient", "General", {"action": "failed", "status": "4.4.7"}, Taken.BOUNCE),
        ("Transient", "General", {}, Taken.AUTO_REPLY),
        ("Transient", "ContentRejected", {"action": "failed"}, Taken.NOTICE),
        ("Transient", "MessageTooLarge", {}, Taken.NOTICE),
        ("Undetermined", "Undetermined", {}, Taken.DELAY),
    ],
)
def test_ses_bounces_are_told_apart(kind, sub, recipient, taken_for):
    finding = only("ses", ses_bounce(kind, sub, **recipient))
    assert (finding.taken_for, finding.is_final) == (taken_for, kind == "Permanent")


@pytest.mark.parametrize(
    ("kind", "taken_for"),
    [("abuse", Taken.COMPLAINT), ("not-spam", Taken.NOTICE), (None, Taken.COMPLAINT)],
)
def test_an_ses_complaint_is_read(kind, taken_for):
    complaint = {"complainedRecipients": [{"emailAddress": ADA}], "feedbackId": "c-1"}
    told = {"eventType": "Complaint", "complaint": complaint | {"complaintFeedbackType": kind}}
    finding = only("ses", in_sns(told))
    assert (finding.taken_for, finding.recipient) == (taken_for, ADA)


def test_other_ses_events_are_notices():
    assert only("ses", {"eventType": "Delivery"}).taken_for is Taken.NOTICE
    sns = {"Type": "Notification", "Message": "Successfully validated SNS topic"}
    assert only("ses", sns).taken_for is Taken.NOTICE


def test_an_sns_subscription_wants_a_visit():
    asked = {"Type": "SubscriptionConfirmation", "SubscribeURL": SUBSCRIBE, "Token": "abc"}
    assert call("ses", asked).confirm_url == SUBSCRIBE
    assert call("generic", [asked]).confirm_url == ""


@pytest.mark.parametrize(
    "url",
    [
        SUBSCRIBE.replace("https", "http"),
        SUBSCRIBE.replace("amazonaws.com", "amazonaws.com.example.org"),
        SUBSCRIBE.replace("amazonaws.com", "example.org"),
        SUBSCRIBE.replace("sns.", "sns.evil@"),
        SUBSCRIBE.replace("https://sns", "https://evil.example.org/sns"),
        SUBSCRIBE.replace(".com/", ".com:22/"),
        "https://sns.eu-west-1.amazonaws.com\r\n.example.org/",
        "https://127.0.0.1/",
        None,
        7,
    ],
)
def test_only_addresses_of_sns_are_visited(url):
    asked = call("ses", {"Type": "SubscriptionConfirmation", "SubscribeURL": url})
    assert asked.confirm_url == ""
    assert [finding.taken_for for finding in asked.findings] == [Taken.NOTICE]


# SendGrid


@pytest.mark.parametrize(
    ("event", "taken_for", "is_final"),
    [
        ({"event": "bounce", "type": "bounce", "status": "5.1.1"}, Taken.BOUNCE, True),
        ({"event": "bounce", "type": "blocked", "status": "5.7.1"}, Taken.BOUNCE, False),
        ({"event": "dropped", "reason": "Bounced Address"}, Taken.BOUNCE, True),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, Taken.COMPLAINT, True),
        ({"event": "dropped", "reason": "Unsubscribed Address"}, Taken.UNSUBSCRIBE, True),
        ({"event": "dropped", "reason": "Spam Content"}, Taken.NOTICE, True),
        ({"event": "spamreport"}, Taken.COMPLAINT, True),
        ({"event": "unsubscribe"}, Taken.UNSUBSCRIBE, True),
        ({"event": "group_unsubscribe"}, Taken.UNSUBSCRIBE, True),
        ({"event": "deferred", "response": "450 4.2.1 busy"}, Taken.DELAY, False),
        ({"event": "delivered"}, Taken.NOTICE, True),
        ({"event": "open"}, Taken.NOTICE, True),
    ],
)
def test_sendgrid_events_have_their_meaning(event, taken_for, is_final):
    told = event | {"email": ADA, "sg_event_id": "sg-1", "smtp-id": OURS}
    finding = only("sendgrid", [told])
    assert (finding.taken_for, finding.is_final) == (taken_for, is_final)
    assert (finding.recipient, finding.report_id) == (ADA, "sg-1")
    assert finding.message_ids == (OURS,)


# Nonsense


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b"1", b'"x"', b"[1]", b"[[], null]", b"null"]
)
def test_nonsense_is_refused_in_a_sentence(form, body):
    with pytest.raises(ValueError, match="is not JSON"):
        understand(form, body)


@pytest.mark.parametrize("form", ["generic", "sendgrid"])
def test_an_entry_that_is_no_object_does_not_keep_the_others_out(form):
    good = {"event": "bounce", "email": ADA}
    told = call(form, [5, good, None, [good]])
    assert [finding.recipient for finding in told.findings] == [ADA]
    assert told.strays == (1, 3, 4)
    assert call(form, [good]).strays == ()


def test_a_flood_of_events_in_one_call_is_refused():
    with pytest.raises(ValueError, match="more than 5000 events"):
        call("generic", [{}] * 5_001)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
keys = st.sampled_from(
    ["Type", "Message", "notificationType", "bounce", "mail", "event", "email", "events", "status"]
)


@given(st.sampled_from(sorted(FORMS)), st.dictionaries(keys, json_values | st.just("Bounce")))
def test_no_json_is_too_odd(form, told):
    try:
        call(form, told)
    except ValueError as error:
        assert "JSON" in str(error)  # noqa: PT017 - either answer is right

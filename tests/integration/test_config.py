"""What a configuration file says, and what it is told when it is wrong."""

from datetime import time, timedelta

import pytest

from digest.config import load, subscribers_of
from digest.core.delivery import OnDoubt
from digest.core.schedule import Cadence
from digest.core.subscriber import TextField
from digest.errors import ConfigError

WHOLE = """
[digest]
name = "Lab papers"
base_url = "https://digest.example.org/"
timezone = "Europe/Paris"
cadence = "weekly:fri"
send_at = "06:45"
max_age = "2w"
[smtp]
host = "smtp.example.org"
username = "digest"
password_env = "SECRET"
sender = "Lab <digest@example.org>"
[delivery]
on_doubt = "hold"
[[sources]]
type = "arxiv"
categories = ["cs.CL", "hep-th"]
[[sources]]
type = "file"
name = "local"
path = "papers.jsonl"
[[subscribers]]
email = "Ada@Example.org"
interests = ["rag", { term = "diffusion", weight = -0.5, field = "title" }]
liked = ["2005.11401v4"]
max_papers = 3
"""


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="config.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def problems_of(path, environment=None):
    with pytest.raises(ConfigError) as caught:
        load(path, environment or {})
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_whole_file_is_read(write):
    config = load(write(WHOLE), {})
    assert config.digest.base_url == "https://digest.example.org"
    assert config.digest.cadence == Cadence.parse("weekly:fri")
    assert config.digest.send_at == time(6, 45)
    assert config.digest.max_age == timedelta(weeks=2)
    assert config.delivery.on_doubt is OnDoubt.HOLD
    assert config.sender == ("Lab", "digest@example.org")
    assert [source.name for source in config.sources] == ["arxiv", "local"]


def test_reader_gets_the_lists_defaults_for_what_is_left_out(write):
    (reader,) = subscribers_of(load(write(WHOLE), {}))
    assert reader.email == "Ada@example.org"
    assert str(reader.schedule.cadence) == "weekly:fri"
    assert reader.schedule.timezone == "Europe/Paris"
    assert reader.max_papers == 3
    assert [(k.term, k.weight, k.field) for k in reader.interests.keywords] == [
        ("rag", 1.0, None),
        ("diffusion", -0.5, TextField.TITLE),
    ]
    assert reader.interests.liked == ("arxiv:2005.11401",)


def test_empty_file_is_a_configuration(write):
    config = load(write(""), {})
    assert (config.digest.max_papers, config.sources, config.sender) == (10, (), None)


def test_environment_overrides_the_file(write):
    variables = {"DIGEST_SMTP__PORT": "2525", "DIGEST_DIGEST__NAME": "Other", "OTHER": "x"}
    config = load(write(WHOLE), variables)
    assert (config.smtp.port, config.digest.name) == (2525, "Other")


def test_environment_alone_can_make_a_section(write):
    variables = {"DIGEST_MAILDIR__PATH": "box", "DIGEST_MAILDIR__SENDER": "d@example.org"}
    assert load(write(""), variables).sender == ("", "d@example.org")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[digest]\nnmae = 'x'",
            "digest.nmae: unknown key, did you mean 'name'? allowed: base_url",
        ),
        (
            "[smpt]\nhost = 'x'",
            "smpt: unknown key, did you mean 'smtp'? allowed: bounces, delivery",
        ),
        ("[digest]\nmax_papers = 'ten'", 'digest.max_papers: "ten" must be a whole number'),
        ("[digest]\nmax_papers = true", "digest.max_papers: true: not a number"),
        ("[digest]\nmax_papers = 500", "digest.max_papers: 500 must be less than or equal to 100"),
        ("[digest]\nname = 5", "digest.name: 5 must be text"),
        (
            "[[subscribers]]\nemail = 'a@x.org'\nsaved = ['2005.1']\ndisliked = ['2005.1']",
            "subscribers[1] (a@x.org): paper:2005.1 is liked and disliked; allowed: one of them",
        ),
        ("[digest]\ncadence = 'dayly'", "digest.cadence: 'dayly' is no cadence; allowed: daily, "),
        ("[digest]\ntimezone = 'Paris'", "digest.timezone: there is no time zone 'Paris'; allowed"),
        ("[digest]\nsend_at = '25:00'", 'digest.send_at: "25:00": not a time of day; allowed'),
        ("[digest]\nmax_age = '3 moons'", 'digest.max_age: "3 moons": not a duration; allowed'),
        (
            "[digest]\nbase_url = 'ftp://x'",
            'digest.base_url: "ftp://x": is no web address; allowed',
        ),
        ("[digest]\non_empty = 'cry'", "digest.on_empty: \"cry\" must be 'skip' or 'send'"),
        ("[store]\nurl = 'mysql://x'", 'store.url: "mysql://x": does not have the form that is'),
        ("[smtp]\nsender = 'd@example.org'", "smtp.host: is missing"),
        ("[smtp]\nhost = 'x'\nsender = 'nobody'", "smtp.sender: 'nobody' is no mail address: An"),
        (
            "[smtp]\nhost = 'x'\nsender = 'd@example.org'\nusername = 'u'",
            "smtp: username is set but no password; allowed: password_file, password_env or",
        ),
        (
            "[smtp]\nhost = 'x'\nsender = 'd@example.org'\npassword_file = 'a'\npassword_env = 'b'",
            "smtp: more than one password; allowed: password_file, password_env or token",
        ),
        (
            "[smtp]\nhost='x'\nsender='d@example.org'\nusername='u'\npassword_file='a'\nsecurity='none'",
            'smtp: security = "none" would send the password in clear; allowed on loopback only',
        ),
        ("[smtp]\npassword = 'hush'", "smtp.password: does not belong in this file; allowed: "),
        (
            "[smtp]\nhost='x'\nsender='d@example.org'\n[[smtp.fallback]]\nport=25",
            "smtp.fallback[1].host: is missing",
        ),
        (
            "[smtp]\nhost='x'\nsender='d@example.org'\n[[smtp.fallback]]\nhost='y'\npassword='p'",
            "smtp.fallback[1].password: does not belong in this file; allowed: password_file",
        ),
        (
            "[smtp]\nhost='x'\nsender='d@example.org'\nsenders=['@example.net']",
            "smtp: no relay takes mails from d@example.org; allowed: senders that name it or its",
        ),
        (
            "[smtp]\nhost='x'\nsender='d@example.org'\nsenders=['example.org']",
            'smtp.senders[1]: "example.org": does not have the form that is',
        ),
        (
            "[bounces.imap]\npassword = 'hush'",
            "bounces.imap.password: does not belong in this file; allowed: ",
        ),
        (
            "[web.report]\npassword = 'hush'",
            "web.report.password: does not belong in this file; allowed: ",
        ),
        ("[web.report]", "web.report: needs one password; allowed: password_file or password_env"),
        (
            "[bounces.imap]\nhost = 'x'\nusername = 'u'",
            "bounces.imap: needs one password; allowed: password_file or password_env",
        ),
        (
            "[bounces.imap]\nhost='x'\nusername='u'\npassword_env='A'\nsecurity='none'",
            "bounces.imap.security: \"none\" must be 'tls' or 'starttls'",
        ),
        (
            "[bounces]\naddress = 'bounces-of-the-long-list@example.org'",
            "bounces: address: has too long a name; allowed: 23 characters",
        ),
        (
            "[bounces]\naddress = 'bücher@example.org'",
            "bounces: address: must have a name in ASCII",
        ),
        ("[bounces]\nseparator = '++'", 'bounces.separator: "++": does not have the form that'),
        ("[bounces]\nevery = '5s'", "bounces: every: is too often; allowed: 1m or more"),
        ("[delivery]\nlease = '1m'", "delivery: lease must be longer than data_timeout"),
        ("[[sources]]\ntype = 'pubmed'", 'sources[1] (pubmed): type: "pubmed" is planned but not'),
        (
            "[[sources]]\ntype = 'arxive'",
            'sources[1] (arxive): type: "arxive" is no kind of source',
        ),
        ("[[sources]]\npath = 'x'", 'sources[1]: type is missing; allowed: "arxiv", "arxiv-rss"'),
        (
            "[[sources]]\ntype = 'arxiv'",
            "sources[1] (arxiv).categories: is missing; allowed: a list",
        ),
        (
            "[[sources]]\ntype = 'file'\npath = 'a'\n[[sources]]\ntype = 'file'\npath = 'b'",
            "sources: two sources are called 'file'; give one of them its own name = \"…\"",
        ),
        (
            "[[subscribers]]\nname = 'A'",
            "subscribers[1] (A).email: is missing; allowed: an address",
        ),
        (
            "[[subscribers]]\nemail = 'a@b'",
            "subscribers[1] (a@b).email: 'a@b' is no mail address: The part after the @-sign",
        ),
        (
            "[[subscribers]]\nemail = 'a@example.org'\ninterests = [5]",
            "subscribers[1] (a@example.org).interests[1]: 5 must be a table; allowed: a phrase, or",
        ),
        (
            "[[subscribers]]\nemail = 'a@example.org'\ninterests = [{term = 'x', wieght = 1}]",
            "subscribers[1] (a@example.org).interests[1].wieght: unknown key, did you mean 'weight",
        ),
        (
            "[[subscribers]]\nemail = 'a@example.org'\n[[subscribers]]\nemail = 'A@example.org'",
            "subscribers: a@example.org is there more than once; allowed: once",
        ),
        ("subscribers_file = 'none.toml'", "subscribers_file: "),
        ("[digest", "not valid TOML: Expected ']' at the end of a table declaration (at end of"),
    ],
)
def test_each_mistake_is_named_with_its_key_and_what_is_allowed(write, text, problem):
    found = problems_of(write(text))
    assert any(line.startswith(problem) for line in found), found
    assert all("\n" not in line and "pydantic" not in line for line in found)


def test_all_mistakes_are_told_at_once(write):
    text = "[digest]\nnmae = 1\nmax_papers = 0\n[[sources]]\ntype = 'x'\n[[subscribers]]\n"
    assert len(problems_of(write(text))) == 4


def test_a_mistake_in_the_environment_names_the_variable(write):
    with pytest.raises(ConfigError) as caught:
        load(write(WHOLE), {"DIGEST_SMTP__PORT": "many"})
    assert str(caught.value).startswith("environment: DIGEST_SMTP__PORT: smtp.port: ")


def test_an_unknown_table_in_the_environment_is_an_error(write):
    with pytest.raises(ConfigError, match="DIGEST_SMPT__PORT: no such table; allowed: DIGEST_"):
        load(write(WHOLE), {"DIGEST_SMPT__PORT": "25"})


def test_a_missing_file_says_how_to_get_one(tmp_path):
    assert problems_of(tmp_path / "none.toml")[0].startswith("no such file; `digest init` writes")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    assert problems_of(path) == ["not UTF-8 text; a TOML file must be"]


@pytest.mark.parametrize("table", ["", "[digest]\n"])
def test_readers_may_come_from_a_file_of_their_own(write, table):
    write("[[subscribers]]\nemail = 'b@example.org'", "people.toml")
    text = f"{table}subscribers_file = 'people.toml'\n[[subscribers]]\nemail = 'a@example.org'"
    config = load(write(text), {})
    assert [reader.email for reader in config.subscribers] == ["a@example.org", "b@example.org"]


def test_a_mistake_in_the_readers_file_names_that_file(write):
    people = write("[[subscribers]]\nemial = 'b@example.org'", "people.toml")
    with pytest.raises(ConfigError) as caught:
        load(write("subscribers_file = 'people.toml'"), {})
    assert all(line.startswith(f"{people}: subscribers[1]") for line in caught.value.problems)


def test_the_password_is_never_shown(write):
    variables = {"DIGEST_SMTP__PASSWORD": "canary", "DIGEST_SMTP__PORT": "x"}
    text = WHOLE.replace('password_env = "SECRET"', "")
    with pytest.raises(ConfigError) as caught:
        load(write(text), variables)
    config = load(write(text), {"DIGEST_SMTP__PASSWORD": "canary"})
    assert "canary" not in str(caught.value) + repr(config)
    assert config.smtp.password.get_secret_value() == "canary"


def test_relays_are_chosen_by_the_sender_and_tried_in_order(write):
    config = load(
        write(
            """
            [smtp]
            host = "first"
            sender = "d@Example.org"
            senders = ["@example.org"]
            [[smtp.fallback]]
            host = "other"
            senders = ["d@example.net", "@example.com"]
            [[smtp.fallback]]
            host = "second"
            """
        )
    )
    assert [relay.host for relay in config.smtp.relays] == ["first", "second"]

"""What no configuration may hold, wherever it stands in it."""

import pytest

from digest.config import load
from digest.errors import ConfigError


@pytest.fixture
def problems_of(tmp_path):
    def problems(text, environment=None):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load(path, environment or {})
        return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]

    return problems


UNSEEN = "holds the unprintable character U+{}; allowed: text without any"


@pytest.mark.parametrize(
    ("text", "key", "number"),
    [
        ('[digest]\nname = "a\\u0000b"', "digest.name", "0000"),
        ('[[subscribers]]\nemail = "a@b.org"\nname = "\\u007f"', "subscribers[1] (a@b.org).name",
         "007F"),
        ('[[subscribers]]\nemail = "a\\u0000@b.org"', "subscribers[1].email", "0000"),
        ('[[subscribers]]\nemail = "a@b.org"\ninterests = ["RAG", { term = "\\u001b[2J" }]',
         "subscribers[1] (a@b.org).interests[2].term", "001B"),
    ],
)  # fmt: skip
def test_control_characters_are_refused_with_their_key(problems_of, text, key, number):
    assert problems_of(text) == [f"{key}: {UNSEEN.format(number)}"]


def test_control_characters_of_the_environment_name_the_variable(problems_of):
    (problem,) = problems_of("", {"DIGEST_DIGEST__NAME": "a\x01"})
    assert problem.endswith(
        f"environment: DIGEST_DIGEST__NAME: digest.name: {UNSEEN.format('0001')}"
    )


def test_control_characters_of_a_file_of_readers_name_that_file(problems_of, tmp_path):
    (tmp_path / "people.toml").write_text('[[subscribers]]\nemail = "a@b.org"\ntext = "\\u0000"')
    (problem,) = problems_of('subscribers_file = "people.toml"')
    assert problem == (
        f"{tmp_path / 'people.toml'}: subscribers[1] (a@b.org).text: {UNSEEN.format('0000')}"
    )


def test_lines_may_break_in_a_text(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[digest]\npostal_address = "Street 1\\nTown\\t2"', encoding="utf-8")
    assert load(path, {}).digest.postal_address == "Street 1\nTown\t2"


def test_reader_who_is_there_twice_is_blamed_on_the_file_that_says_so(problems_of, tmp_path):
    people = tmp_path / "people.toml"
    twice = '[[subscribers]]\nemail = "a@b.org"\n[[subscribers]]\nemail = "A@b.org"\n'
    once = "a@b.org is there more than once; allowed: once"
    assert problems_of(twice) == [f"subscribers: {once}"]
    people.write_text(twice)
    named = 'subscribers_file = "people.toml"\n'
    assert problems_of(named) == [f"{people}: subscribers: {once}"]
    people.write_text('[[subscribers]]\nemail = "A@b.org"\n')
    (problem,) = problems_of(named + '[[subscribers]]\nemail = "a@b.org"')
    assert problem == (
        f"{people}: subscribers: a@b.org is in {tmp_path / 'config.toml'} too; "
        "allowed: in one of them"
    )


FORM = "does not have the form that is wanted"
NAMES = 'allowed: a-z, 0-9, ".", "_" and "-", such as "arxiv-cs"'
THEMES = 'allowed: letters, digits, "_" and "-", such as "default"'
HEADERS = 'allowed: the name of a header, such as "X-Real-IP"'
BOB = '[[subscribers]]\nemail = "b@b.org"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[sources]]\ntype = "huggingface"\nname = "A B"',
         f'sources[1] (A B).name: "A B": {FORM}; {NAMES}'),
        (f'{BOB}theme = "A B"',
         f'subscribers[1] (b@b.org).theme: "A B": {FORM}; {THEMES}'),
        ('[web]\ntrusted_proxy_header = "X Real"',
         f'web.trusted_proxy_header: "X Real": {FORM}; {HEADERS}'),
        (f'[digest]\nname = "{"n" * 101}"', "digest.name: is too long; allowed: 100 characters"),
        (f'{BOB}text = "{"n" * 5001}"',
         "subscribers[1] (b@b.org).text: is too long; allowed: 5000 characters"),
        (f'{BOB}library = {["a.bib"] * 21}',
         "subscribers[1] (b@b.org).library: is too long; allowed: 20 entries"),
        ('[sources]\ntype = "huggingface"',
         "sources: must be a list; allowed: [[sources]] before each of its tables"),
        ('[smtp]\nhost="h"\nsender="a@b.org"\n[smtp.fallback]\nhost = "i"',
         "smtp.fallback: must be a list; allowed: [[smtp.fallback]] before each of its tables"),
        ("[digest]\nmax_papers = 500",
         "digest.max_papers: 500 must be less than or equal to 100; allowed: 1 to 100"),
        (f"{BOB}min_score = 2",
         "subscribers[1] (b@b.org).min_score: 2 must be less than or equal to 1; allowed: 0 to 1"),
        ("[delivery]\ndomain_connections = -1",
         "delivery.domain_connections: -1 must be greater than or equal to 0; allowed: 0 or more"),
    ],
)  # fmt: skip
def test_each_line_says_what_is_allowed(problems_of, text, problem):
    assert problems_of(text) == [problem]


SMTP = '[smtp]\nhost = "h"\nsender = "a@b.org"\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[sources]]\ntype = "huggingface"\nevery = "0s"',
         'sources[1] (huggingface).every: "0s": is too short; allowed: 1s or more'),
        ('[delivery]\nretry_first = "0s"',
         'delivery.retry_first: "0s": is too short; allowed: 1s or more'),
        ('[digest]\nbase_url = "https://e.org/a b"',
         'digest.base_url: "https://e.org/a b": holds white space; allowed: an address that '),
        ('[smtp]\nhost = "https://h.org"\nsender = "a@b.org"', "smtp.host: "),
        ('[smtp]\nhost = "h:587"\nsender = "a@b.org"',
         'smtp.host: "h:587": is no host; allowed: a name such as "smtp.example.org" or an addr'),
        ('[smtp]\nhost = ""\nsender = "a@b.org"', "smtp.host: must not be empty; allowed: a name"),
        ('[smtp]\nhost = "h"\nsender = "Foo <a@b.org>, c@b.org"',
         'smtp.sender: "Foo <a@b.org>, c@b.org": is more than one mailbox; allowed: "Name <addr'),
        (f'{SMTP}password_file = "p"',
         "smtp: a password is set but no username; allowed: both or none"),
        (f'[[subscribers]]\nemail = "{"a" * 65}@b.org"', "subscribers[1] ("),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(problems_of, text, problem):
    (told,) = problems_of(text)
    assert told.startswith(problem)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "mail_relay", "smtp.example.org.", "bücher.de"]
)
def test_hosts_may_be_names_and_addresses(tmp_path, host):
    path = tmp_path / "config.toml"
    path.write_text(f'[smtp]\nhost = "{host}"\nsender = "a@b.org"', encoding="utf-8")
    assert load(path, {}).smtp.host == host

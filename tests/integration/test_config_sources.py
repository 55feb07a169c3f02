"""How a configuration begins, what lies over it, and the categories of arXiv's sources in it."""

import pytest

from digest.config import Config, load
from digest.errors import ConfigError


@pytest.fixture
def write(tmp_path):
    def save(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return save


def test_categories_of_arxiv_are_written_as_arxiv_writes_them(write):
    source = "[[sources]]\ntype = 'arxiv'\ncategories = ['CS.cl', 'cond-mat']"
    reader = "[[subscribers]]\nemail = 'a@example.org'\ncategories = ['Neuroscience']"
    config = load(write(f"{source}\n{reader}"), {})
    assert config.sources[0].categories == ("cs.CL", "cond-mat")
    assert config.subscribers[0].categories == ("Neuroscience",), "other sources have others"


@pytest.mark.parametrize(
    ("categories", "says"),
    [
        ("['cs.CL', 'csCL']", '.categories[2]: "csCL": is no category of arXiv, did you mean'),
        ("['cs.XX']", '.categories[1]: "cs.XX": is no category of arXiv; allowed: cs, cs.AI'),
        ("[]", ".categories: must not be empty; allowed: a list such as"),
    ],
)
@pytest.mark.parametrize("kind", ["arxiv", "arxiv-rss"])
def test_categories_that_arxiv_does_not_have_are_one_line_each(write, kind, categories, says):
    with pytest.raises(ConfigError) as caught:
        load(write(f"[[sources]]\ntype = '{kind}'\ncategories = {categories}"), {})
    (line,) = caught.value.problems
    assert f"config.toml: sources[1] ({kind}){says}" in line


def test_a_byte_order_mark_is_no_mistake(write):
    assert load(write("\ufeff[digest]\nmax_papers = 3"), {}).digest.max_papers == 3


def test_every_table_that_is_no_list_has_variables(write):
    tables = {"digest", "store", "smtp", "maildir", "delivery", "bounces", "semantic", "web"}
    assert {*Config.model_fields} - tables == {
        "file",
        "folder",
        "sources",
        "subscribers",
        "subscribers_file",
    }
    config = load(write(""), {"DIGEST_SEMANTIC__ENABLED": "true", "DIGEST_SEMANTIC__THREADS": "2"})
    assert (config.semantic.enabled, config.semantic.threads) == (True, 2)
    for table in tables:
        with pytest.raises(ConfigError, match=f"{table}.nonsense: unknown key"):
            load(write(""), {f"DIGEST_{table.upper()}__NONSENSE": "1"})

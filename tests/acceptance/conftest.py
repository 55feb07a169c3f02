"""What the acceptance tests share."""

import pytest

from tests.lab import Lab


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)

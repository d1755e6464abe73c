"""What the tests of calls share is in `calling.py`; its comparisons show their difference."""

import pytest

pytest.register_assert_rewrite("calling")

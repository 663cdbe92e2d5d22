from unittest import mock
from uuid import uuid4


def test_a_session_is_found_again():
    session_id = str(uuid4())
    assert session_id


def test_ids_are_patched():
    with mock.patch("uuid.uuid4", return_value="fixed"):
        pass

"""The corpora of the project, read from Python: the same answers as in Rust."""

from __future__ import annotations

import pytest
from conftest import lines, rows

from unified_id import Id, IdParseError, ParsedId, ThreadId, UnifiedId, UserId, _native, parse_any, thread_key


def test_valid() -> None:
    for row in rows("valid"):
        read = parse_any(row["input"])
        for field in ("format", "canonical", "timestamp_ms", "time_certain", "kind", "thread_key"):
            if field in row:
                assert getattr(read, field) == row[field], (row["name"], field)
        if row["format"] == "canonical":
            typed = UnifiedId.parse(row["input"])
            assert typed == row["canonical"] and type(typed).parse(typed) is typed
            assert typed.kind == read.kind
            assert type(typed).from_bytes(typed.bytes) == typed
            assert type(typed).from_bytes(typed.bytes).bytes == typed.bytes


def test_invalid() -> None:
    for row in rows("invalid"):
        with pytest.raises(IdParseError) as caught:
            parse_any(row["input"])
        assert (caught.value.code, caught.value.position) == (row["code"], row["position"]), row["name"]
        assert caught.value.help and str(caught.value)


def described(read: ParsedId) -> dict[str, object]:
    return {
        "format": read.format,
        "kind": read.kind,
        "thread": read.thread,
        "user": read.user,
        "timestamp_ms": read.timestamp_ms,
        "ambiguous": read.ambiguous,
    }


def test_legacy() -> None:
    refused = 0
    for case in rows("legacy", "case"):
        expected = case["expected"]
        if expected["format"] == "refused":
            # What the table refuses may still be of the new format or of another system's.
            try:
                assert parse_any(case["input"]).format in ("canonical", "typeid", "ulid"), case["name"]
            except IdParseError:
                refused += 1
            continue
        read = parse_any(case["input"])
        if read.format in ("canonical", "typeid"):
            continue
        assert read.format == expected["format"], case["name"]
        if "-near-" in case["name"]:
            continue  # Of a near miss only the format is said.
        found = described(read)
        alternatives = expected.get("alternatives", [])
        wanted = {
            "format": expected["format"],
            "kind": expected.get("kind"),
            "thread": expected.get("thread"),
            "user": expected.get("user"),
            "timestamp_ms": expected.get("timestamp_ms"),
            "ambiguous": bool(alternatives),
        }
        assert found == wanted, case["name"]
        assert [text or "" for text in read.alternatives] == alternatives, case["name"]
    assert refused > 100


def test_labelled_ids() -> None:
    labelled = lines("legacy_ids")
    assert len(labelled) > 100
    for row in labelled:
        if row["format"] is None:
            assert not Id.is_valid(row["id"])
            with pytest.raises(IdParseError):
                parse_any(row["id"])
            continue
        read = parse_any(row["id"])
        assert (read.format, read.kind, read.thread, read.user, read.timestamp_ms, read.ambiguous) == (
            row["format"], row["kind"], row["thread_id"], row["user_id"], row["timestamp_ms"], row["ambiguous"],
        ), row["id"]  # fmt: skip
        assert read.alternatives == row.get("alternatives", []), row["id"]
        assert read.format in _native.formats()


def test_what_is_no_id() -> None:
    for row in lines("not_ids"):
        with pytest.raises(IdParseError):
            parse_any(row["id"])
        for cls in (Id, UserId, ThreadId):
            assert not cls.is_valid(row["id"])


def test_adopt() -> None:
    for row in rows("adopt"):
        cls = {"thread": ThreadId, "user": UserId}[row["kind"]]
        assert cls.adopt(row["text"]).core == row["core"]
        assert cls.adopt(row["text"]).timestamp_ms is None


def test_thread_keys_of_one_thread() -> None:
    thread = ThreadId.new()
    spellings = [thread, thread.core, thread.core.upper(), str(thread.uuid), f"thread_{thread}", thread.uuid.hex]
    assert {thread_key(text) for text in spellings} == {thread.core}
    assert thread_key("thread_thread_User1") == "User1" != thread_key("user1")
    with pytest.raises(IdParseError, match="empty"):
        thread_key("thread_")

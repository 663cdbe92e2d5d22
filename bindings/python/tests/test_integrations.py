"""Each integration on the real library."""

from __future__ import annotations

import datetime
import json
import logging
import re
import subprocess
import sys

import pytest

import unified_id
from unified_id import Id, IdParseError, RunId, ThreadId, UserId, WebsocketId


class InvoiceId(Id, prefix="invoice"):
    """A kind of an application."""


def test_importing_the_package_imports_none_of_them() -> None:
    names = "pydantic sqlalchemy django msgspec structlog jwt uuid dataclasses datetime asyncio inspect"
    code = f"import sys, unified_id; print(*[m for m in {names.split()!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-S", "-I", "-c", "import sys;" + _path() + code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == []


def _path() -> str:
    import unified_id

    return f"sys.path.append({str(unified_id.__path__[0].rpartition('/')[0])!r});"


def test_pydantic() -> None:
    import pydantic

    class Event(pydantic.BaseModel):
        run: RunId
        thread: ThreadId | None = None
        invoice: InvoiceId[int] | None = None

    run, thread = RunId.new("thread_user123"), ThreadId.new()
    event = Event(run=run, thread=str(thread))
    assert type(event.run) is RunId and type(event.thread) is ThreadId
    assert Event.model_validate_json(event.model_dump_json()) == event
    assert Event.model_validate(event.model_dump(), strict=True) == event
    with pytest.raises(pydantic.ValidationError) as caught:
        Event(run="run_01m7wqi1fbff4sq3bgc5bhn9e0")
    error = caught.value.errors()[0]
    assert error["type"] == "unified_id_lookalike" and error["ctx"]["position"] == 10
    with pytest.raises(pydantic.ValidationError, match="string_type"):
        Event(run=5)
    schema = Event.model_json_schema()["properties"]["run"]
    assert schema["type"] == "string" and re.fullmatch(schema["pattern"], run)
    assert re.fullmatch(schema["pattern"], schema["examples"][0]) and RunId.parse(schema["examples"][0])
    for cls in (ThreadId, WebsocketId, InvoiceId):
        of_class = pydantic.TypeAdapter(cls).json_schema()
        assert re.fullmatch(of_class["pattern"], of_class["examples"][0])
        assert cls.parse(of_class["examples"][0])


def test_fastapi() -> None:
    import fastapi
    import fastapi.testclient

    app = fastapi.FastAPI()

    @app.get("/runs/{run_id}")
    def read(run_id: RunId, user: UserId | None = None) -> dict[str, object]:
        return {"thread": run_id.thread, "class": type(run_id).__name__, "user": user}

    client = fastapi.testclient.TestClient(app)
    thread, user = ThreadId.new(), UserId.new()
    answer = client.get(f"/runs/{RunId.new(thread)}", params={"user": user})
    assert answer.json() == {"thread": thread, "class": "RunId", "user": user}
    assert client.get(f"/runs/{thread}").status_code == 422
    assert client.get("/openapi.json").json()["paths"]["/runs/{run_id}"]["get"]["parameters"][0]["schema"]["pattern"]


@pytest.mark.parametrize("storage", ["text", "uuid"])
def test_sqlalchemy(storage: str) -> None:
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql

    from unified_id.integrations.sqlalchemy import IdType

    of_thread = IdType(ThreadId, storage=storage)
    table = sa.Table("t", sa.MetaData(), sa.Column("id", of_thread, primary_key=True), sa.Column("run", IdType(RunId)))
    engine = sa.create_engine("sqlite://")
    table.create(engine)
    thread = ThreadId.new()
    rows = [(thread, RunId.new(thread)), (ThreadId.new(), RunId.new("user@example.com".split("@")[0])), (ThreadId.new(), None)]
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": str(i), "run": r} for i, r in rows])
        found = connection.execute(sa.select(table).order_by(table.c.id)).all()
        assert [tuple(row) for row in found] == rows
        assert type(found[0].id) is ThreadId and type(found[0].run) is RunId
        assert connection.execute(sa.select(table.c.run).where(table.c.id == thread)).scalar_one() == rows[0][1]
        assert connection.execute(sa.select(table.c.run).where(table.c.id == thread.uuid)).scalar_one() == rows[0][1]
        with pytest.raises(sa.exc.StatementError, match="does not start with `thread_`"):
            connection.execute(table.insert(), {"id": UserId.new()})
    assert of_thread.python_type is ThreadId
    assert eval(repr(of_thread), {"IdType": IdType, "unified_id": unified_id}).storage == storage
    ddl = str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))
    assert ("UUID" if storage == "uuid" else 'COLLATE "C"') in ddl
    with pytest.raises(TypeError, match="scope"):
        IdType(RunId, storage="uuid")


def test_alembic() -> None:
    import alembic.autogenerate
    import sqlalchemy as sa
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    from unified_id.integrations.sqlalchemy import IdType, render_item

    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", IdType(ThreadId, storage="uuid"), primary_key=True), sa.Column("run", IdType(RunId)), sa.Column("invoice", IdType(InvoiceId)))
    with sa.create_engine("sqlite://").begin() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata, "render_item": render_item})
        script = alembic.autogenerate.produce_migrations(context, metadata)
        imports: set[str] = set()

        def render(kind: str, item: object, rendering: object) -> object:
            rendered = render_item(kind, item, rendering)
            imports.update(rendering.imports)  # type: ignore[attr-defined]
            return rendered

        code = alembic.autogenerate.render_python_code(script.upgrade_ops, render_item=render, migration_context=context)
        assert f"unified_id.integrations.sqlalchemy.IdType({__name__}.InvoiceId)" in code
        names: dict[str, object] = {"sa": sa, "op": Operations(context)}
        exec("\n".join([*sorted(imports), "def upgrade():", f"    {code}", "upgrade()"]), names)
        # What the migration made is what the models say: nothing is left to do.
        assert sa.inspect(connection).has_table("t")
        assert alembic.autogenerate.compare_metadata(context, metadata) == []


def test_django() -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, DEFAULT_AUTO_FIELD="django.db.models.AutoField"
    )
    django.setup()
    from django.core.exceptions import ValidationError
    from django.db import connection, models
    from django.db.migrations.writer import MigrationWriter

    from unified_id.integrations.django import IdField

    class Invoice(models.Model):
        id = IdField(InvoiceId, primary_key=True, default=InvoiceId.new)
        run = IdField(RunId, null=True)

        class Meta:
            app_label = "shop"

    with connection.schema_editor() as editor:
        editor.create_model(Invoice)
    made = Invoice.objects.create(run=RunId.new(ThreadId.new()))
    read = Invoice.objects.get(pk=str(made.pk))
    assert type(read.pk) is InvoiceId and type(read.run) is RunId and read.run == made.run
    with pytest.raises(ValidationError) as caught:
        Invoice(run="run_x").full_clean()
    assert caught.value.error_dict["run"][0].code == "wrong_length"
    with pytest.raises(IdParseError):
        Invoice.objects.create(run="nonsense")
    text, _ = MigrationWriter.serialize(Invoice._meta.get_field("id"))
    assert "IdField" in text and "InvoiceId" in text


def test_msgspec() -> None:
    import msgspec

    from unified_id.integrations.msgspec import dec_hook, enc_hook

    class Event(msgspec.Struct):
        run: RunId

    event = Event(RunId.new(ThreadId.new()))
    for codec in (msgspec.json, msgspec.msgpack):
        data = codec.encode(event, enc_hook=enc_hook)
        read = codec.decode(data, type=Event, dec_hook=dec_hook)
        assert read == event and type(read.run) is RunId
    with pytest.raises(msgspec.ValidationError, match=r"core has 26.*\$\.run"):
        msgspec.json.decode(b'{"run": "run_x"}', type=Event, dec_hook=dec_hook)


def test_structlog_and_logging(caplog: pytest.LogCaptureFixture) -> None:
    import structlog

    from unified_id.integrations.logging import ThreadFilter, add_thread

    thread = ThreadId.new()
    with structlog.testing.capture_logs(processors=[add_thread]) as logs:
        structlog.get_logger().info("made", run_id=RunId.new(thread), user_id="x")
        structlog.get_logger().info("two", run_id=RunId.new(thread), other_id=RunId.new("a"))
        structlog.get_logger().info("unsure", run_id="run_user_session_67890_ef123456")
    assert [log.get("thread_key") for log in logs] == [thread.core, None, None]

    logger = logging.getLogger("unified_id_test")
    logger.addFilter(ThreadFilter())
    with caplog.at_level(logging.INFO):
        logger.info("made", extra={"run_id": RunId.new("thread_user123")})
        logger.info("none")
    assert [record.thread_key for record in caplog.records] == ["user123", None]  # type: ignore[attr-defined]


def test_jwt() -> None:
    import jwt

    from unified_id import SessionId
    from unified_id.integrations.jwt import claims, read_claims

    user, session = UserId.new(), SessionId.new()
    key = "a secret of at least thirty-two bytes"
    token = jwt.encode(claims(sub=user, jti=session, aud="us"), key, algorithm="HS256")
    read = read_claims(jwt.decode(token, key, algorithms=["HS256"], audience="us"), sub=UserId, jti=SessionId)
    assert (read["sub"], read["jti"], type(read["sub"])) == (user, session, UserId)
    with pytest.raises(IdParseError) as caught:
        read_claims({"sub": str(session)}, sub=UserId)
    assert caught.value.code == "wrong_kind"
    with pytest.raises(IdParseError) as caught:
        read_claims({}, sub=UserId)
    assert caught.value.code == "missing_claim"


def test_what_takes_only_str_takes_ids(tmp_path: object) -> None:
    import sqlite3

    import duckdb
    import orjson

    run = RunId.new(ThreadId.new())
    assert json.loads(json.dumps({"run": run, run: 1})) == {"run": run, run: 1}
    assert orjson.loads(orjson.dumps({"run": run})) == {"run": run}
    assert sqlite3.connect(":memory:").execute("select ?", (run,)).fetchone() == (run,)
    assert duckdb.execute("select ?", [run]).fetchone() == (run,)
    assert f"{run}" == str(run) and type(str(run)) is str
    assert run.datetime is not None and run.datetime.tzinfo is datetime.UTC

"""The official client against both transports, and the official conformance suite."""

import asyncio
import os
import re
import subprocess

import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from conftest import BINARY

WORKFLOW = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0"
READ = {"find", "inspect", "related", "resolve", "stats", "trace"}

# What the conformance suite asks of a server, and why a part of it is not asked of this one.
APPLIES = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"]
LEFT_OUT = {
    "logging-set-level": "no logging is offered",
    "completion-complete": "no completion is offered",
    "tools-call-simple-text": "needs a tool of the suite's own name in the server",
    "tools-call-image": "needs a tool of the suite's own name in the server",
    "tools-call-audio": "needs a tool of the suite's own name in the server",
    "tools-call-embedded-resource": "needs a tool of the suite's own name in the server",
    "tools-call-mixed-content": "needs a tool of the suite's own name in the server",
    "tools-call-with-logging": "needs a tool of the suite's own name in the server",
    "tools-call-error": "needs a tool of the suite's own name in the server",
    "tools-call-with-progress": "needs a tool of the suite's own name in the server",
    "tools-call-sampling": "needs a tool of the suite's own name in the server",
    "tools-call-elicitation": "needs a tool of the suite's own name in the server",
    "json-schema-2020-12": "needs a tool of the suite's own name in the server",
    "elicitation-sep1034-defaults": "nothing is asked of the user",
    "elicitation-sep1330-enums": "nothing is asked of the user",
    "server-sse-polling": "no sessions and no streams: every answer is one JSON body",
    "server-sse-multiple-streams": "no sessions and no streams: every answer is one JSON body",
    "resources-list": "no resources are offered",
    "resources-read-text": "no resources are offered",
    "resources-read-binary": "no resources are offered",
    "resources-templates-read": "no resources are offered",
    "resources-subscribe": "no resources are offered",
    "resources-unsubscribe": "no resources are offered",
    "prompts-list": "no prompts are offered",
    "prompts-get-simple": "no prompts are offered",
    "prompts-get-with-args": "no prompts are offered",
    "prompts-get-embedded-resource": "no prompts are offered",
    "prompts-get-with-image": "no prompts are offered",
}


async def use(session: ClientSession) -> None:
    await session.initialize()
    tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert set(tools) == READ | {"register"}
    assert {name for name, tool in tools.items() if tool.annotations.read_only_hint} == READ
    done = await session.call_tool("register", {"id": WORKFLOW, "system": "mahavishnu"})
    assert not done.is_error, done
    for form in [WORKFLOW, "01M7WQT1FBFF4SQ3BGC5BHN9E0", "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0"]:
        found = await session.call_tool("resolve", {"id": form})
        assert found.structured_content["entry"]["id"] == WORKFLOW
    reading = await session.call_tool("inspect", {"id": "run_user123_a1b2c3d4"})
    assert reading.structured_content["thread"] == "user123"
    assert (await session.call_tool("trace", {"id": WORKFLOW})).structured_content["links"] == []
    assert (await session.call_tool("related", {"id": WORKFLOW})).structured_content["entries"] == []
    assert (await session.call_tool("find", {"kind": "workflow"})).structured_content["next"] is None
    assert (await session.call_tool("stats", {})).structured_content["live"] >= 1
    wrong = await session.call_tool("resolve", {"id": "hello world"})
    assert wrong.is_error and "help:" in wrong.content[0].text


def test_http(server):
    async def run() -> None:
        client = create_mcp_http_client(headers={"authorization": f"Bearer {server.token}"})
        async with client, streamable_http_client(server.url + "/mcp", http_client=client) as streams:
            async with ClientSession(*streams) as session:
                await use(session)

    asyncio.run(run())


def test_without_a_token_nothing_is_written(server):
    async def run() -> None:
        async with streamable_http_client(server.url + "/mcp") as streams:
            async with ClientSession(*streams) as session:
                await session.initialize()
                refused = await session.call_tool("register", {"id": WORKFLOW, "system": "akosha"})
                assert refused.is_error and "unauthorized" in refused.content[0].text
                assert not (await session.call_tool("stats", {})).is_error

    asyncio.run(run())


def test_stdio(tmp_path):
    async def run() -> None:
        command = StdioServerParameters(command=BINARY, args=["mcp", "--data", str(tmp_path)])
        async with stdio_client(command) as streams, ClientSession(*streams) as session:
            await use(session)

    asyncio.run(run())


def conformance(*arguments: str) -> str:
    command = [os.environ["NODE"], os.environ["CONFORMANCE"], *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


def test_every_scenario_for_servers_is_run_or_left_out_with_a_reason():
    listed = conformance("list").split("Client scenarios")[0]
    names = set(re.findall(r"^  - (\S+)", listed, re.MULTILINE))
    assert names == set(APPLIES) | set(LEFT_OUT)


@pytest.mark.parametrize("scenario", APPLIES)
def test_conformance(server, scenario):
    told = conformance("server", "--url", server.url + "/mcp", "--scenario", scenario)
    result = re.search(r"Passed: (\d+)/(\d+), 0 failed, 0 warnings", told)
    assert result and result[1] == result[2] != "0", told

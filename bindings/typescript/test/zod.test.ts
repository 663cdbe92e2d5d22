import assert from "node:assert/strict";
import { test } from "node:test";

import * as z from "zod";

import { RunId, ThreadId } from "../src/index.js";
import { id } from "../src/zod.js";

const Event = z.object({ run: id(RunId), thread: id(ThreadId).optional() });

test("a schema gives typed ids in their canonical spelling", () => {
  const run = RunId.new("user123");
  const event = Event.parse({ run: run.replace("run_", "run_thread_") });
  const typed: RunId = event.run;
  assert.equal(typed, run);
});

test("a schema says what is wrong", () => {
  const result = Event.safeParse({ run: "run_01m7wqt1fbff4sq3bgc5bhn9e0" });
  assert.equal(result.success, false);
  const [issue] = result.error.issues;
  assert.deepEqual(issue?.path, ["run"]);
  assert.match(issue?.message ?? "", /the scope is missing at position 4; write the thread/u);
  assert.equal(Event.safeParse({ run: 7 }).success, false);
});

test("the JSON schema has the pattern of a canonical text", () => {
  const schema = z.toJSONSchema(id(ThreadId), { io: "input" }) as { pattern?: string };
  assert.ok(new RegExp(schema.pattern ?? "$.", "u").test(ThreadId.new()));
  assert.ok(!new RegExp(schema.pattern ?? "", "u").test("thread_8zzzzzzzzzzzzzzzzzzzzzzzzz"));
});

/** The corpora of the project: what the Rust library and this one are held to. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { parseAny, threadKey, type Reading } from "../src/index.js";
import { TABLE } from "../src/generated/legacy_table.js";

interface LegacyRow {
  readonly id: string;
  readonly format: string | null;
  readonly kind: string | null;
  readonly thread_id: string | null;
  readonly thread_is_prefix?: boolean;
  readonly user_id: string | null;
  readonly timestamp_ms: number | null;
  readonly ambiguous: boolean;
  readonly alternatives?: readonly (string | null)[];
  readonly source: string;
}

function rows<Row>(name: string): Row[] {
  const path = new URL(`../../../../tests/corpora/${name}`, import.meta.url);
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Row);
}

function read(text: string): Reading | undefined {
  try {
    return parseAny(text);
  } catch {
    return undefined;
  }
}

const key = (thread: string | null): string | null => (thread === null ? null : thread.replace(/^(?:thread_)+/u, ""));
const keys = (threads: readonly (string | null)[]): (string | null)[] => [...new Set(threads.map(key))].sort();

test("every labelled id of the corpus reads as its label says", () => {
  const labelled = rows<LegacyRow>("legacy_ids.jsonl").filter((row) => row.format !== null);
  assert.ok(labelled.length > 1900);
  for (const row of labelled) {
    const found = read(row.id);
    const seen = found && {
      format: found.format,
      kind: found.kind,
      thread: found.thread,
      prefix: found.threadIsPrefix,
      user: found.user,
      time: found.timestampMs,
      ambiguous: found.ambiguous,
      alternatives: keys(found.alternatives),
    };
    assert.deepEqual(
      seen,
      {
        format: row.format,
        kind: row.kind,
        thread: row.thread_id,
        prefix: row.thread_is_prefix ?? false,
        user: row.user_id,
        time: row.timestamp_ms,
        ambiguous: row.ambiguous,
        alternatives: keys(row.alternatives ?? []),
      },
      row.id,
    );
  }
});

test("nothing that is no id is accepted", () => {
  const texts = rows<{ id: string }>("not_ids.jsonl");
  assert.ok(texts.length > 200);
  for (const { id } of texts) {
    assert.equal(read(id), undefined, id);
  }
});

test("every example of the table reads as its own row", () => {
  for (const row of TABLE.format) {
    const name = "name" in row ? row.name : undefined;
    assert.equal(read(row.example)?.format, name, row.example);
  }
});

test("an ambiguous id has no thread to route on", () => {
  const found = parseAny("run_user_session_67890_ef123456");
  assert.equal(found.ambiguous, true);
  assert.equal(found.threadKey, undefined);
  const settled = parseAny("run_user_session_67890_ef123456", { dialect: "IdManager" });
  assert.equal(settled.threadKey, "user_session_67890");
  const two = ["thread_user123_run_1693430400000_a1b2c3d4", "run_user123_a1b2c3d4"].map((id) => parseAny(id).threadKey);
  assert.deepEqual(two, [threadKey("user123"), threadKey("thread_user123")]);
});

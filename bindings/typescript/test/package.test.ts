import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** The npm that comes with this Node. */
const NPM = join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js");
const FOLDER = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = readdirSync(`${FOLDER}src`, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: FOLDER, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

test("the sources compile without anything of Node, as a browser has it", () => {
  run(process.execPath, "node_modules/typescript/bin/tsc", "--project", "tsconfig.browser.json");
});

test("what is loaded is the package itself, and zod only where it is asked for", () => {
  for (const name of SOURCES) {
    const imports = [...readFileSync(`${FOLDER}src/${name}`, "utf8").matchAll(/^(?:im|ex)port .*?from "([^"]+)";$/gmu)].map(([, from]) => from ?? "");
    const foreign = imports.filter((from) => !from.startsWith("./") && !from.startsWith("../"));
    assert.deepEqual([...new Set(foreign)], name === "zod.ts" ? ["zod"] : [], name);
  }
});

test("what is published is the built package with its sources, types and licences, and no test", () => {
  const [packed] = JSON.parse(run(process.execPath, NPM, "pack", "--dry-run", "--json", "--ignore-scripts")) as [{ files: { path: string }[] }];
  const files = new Set(packed.files.map(({ path }) => path));
  const expected = SOURCES.flatMap((name) => {
    const built = `dist/src/${name.slice(0, -".ts".length)}`;
    return [`src/${name}`, `${built}.js`, `${built}.js.map`, `${built}.d.ts`, `${built}.d.ts.map`];
  });
  assert.deepEqual(files, new Set([...expected, "package.json", "README.md", "LICENSE-APACHE", "LICENSE-MIT"]));
  for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) {
    assert.equal(readFileSync(`${FOLDER}${licence}`, "utf8"), readFileSync(`${FOLDER}../../${licence}`, "utf8"));
  }
});

test("what the package says to load is there, and gives what the sources export", async () => {
  const { exports } = JSON.parse(readFileSync(`${FOLDER}package.json`, "utf8")) as { exports: Record<string, Record<string, string>> };
  for (const paths of Object.values(exports)) {
    for (const path of Object.values(paths)) {
      assert.ok(existsSync(`${FOLDER}${path}`), path);
    }
  }
  // By the package's own name, as a program loads it.
  const name = "unified-id";
  const whole = (await import(name)) as Record<string, unknown>;
  assert.ok(["ThreadId", "RunId", "parseAny", "threadKey", "kind", "IdParseError"].every((key) => key in whole));
  assert.ok("id" in ((await import(`${name}/zod`)) as Record<string, unknown>));
});

/** Typed ids: branded strings, one type and one reader per kind. */
import { CORE_CHARS, coreFault, decodeCore, encodeCore, firstBits, isCore, uuidOf, versionOf } from "./core.js";
import { IdParseError, type IdErrorCode } from "./errors.js";
import { realm } from "./generator.js";
import { isNearCore, readThreadScope, threadKey, type Scope, type ScopeFault, type ThreadKey } from "./thread_key.js";

declare const brand: unique symbol;

/** The text of an id of one kind, in its canonical spelling. A string, so it passes through JSON, URLs and storage. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type ThreadId = Id<"thread">;
export type RunId = Id<"run">;
export type UserId = Id<"user">;
export type WebsocketId = Id<"websocket">;
export type MessageId = Id<"message">;
export type ToolId = Id<"tool">;
export type SessionId = Id<"session">;
export type RequestId = Id<"request">;
export type AgentId = Id<"agent">;
export type ExecutionId = Id<"execution">;
export type TraceId = Id<"trace">;
export type TransactionId = Id<"transaction">;
export type MetricId = Id<"metric">;
export type ErrorId = Id<"error">;
export type JobId = Id<"job">;
export type TestId = Id<"test">;
export type EntityId = Id<"entity">;
export type WorkflowId = Id<"workflow">;
export type PoolId = Id<"pool">;
export type CheckpointId = Id<"checkpoint">;
export type ConfigId = Id<"config">;

/** What stands between prefix and core of a kind: nothing, a thread, or a user. */
export type ScopeRule = "none" | "thread" | "user";

/** The built-in kinds and what their ids carry, in the order of the table of kinds. */
export const KINDS = {
  thread: "none",
  run: "thread",
  user: "none",
  websocket: "user",
  message: "thread",
  tool: "thread",
  session: "none",
  request: "none",
  agent: "none",
  execution: "none",
  trace: "none",
  transaction: "none",
  metric: "none",
  error: "none",
  job: "none",
  test: "none",
  entity: "none",
  workflow: "none",
  pool: "none",
  checkpoint: "none",
  config: "none",
} as const satisfies Record<string, ScopeRule>;

/** The name of a built-in kind. */
export type KindName = keyof typeof KINDS;

/** Tells whether a word is the prefix of a built-in kind. */
export function isKindName(word: string): word is KindName {
  return Object.hasOwn(KINDS, word);
}

/** The parts of an id of this format. */
export interface IdParts {
  readonly kind: string;
  /** The canonical text. */
  readonly text: string;
  /** The core of the scope, or the key of an old thread; `undefined` for kinds without a scope. */
  readonly scope: string | undefined;
  /** The 26 characters at the end, in lower case. */
  readonly core: string;
  /** Whether the text that was read was the canonical one. */
  readonly isCanonical: boolean;
}

/** What keeps a text from being an id; `isFinal` if no other format may be tried. */
export interface IdFault {
  readonly code: IdErrorCode;
  readonly position: number;
  readonly isFinal: boolean;
}

/** The readers and makers that every kind has. */
export interface AnyKind<Kind extends string> {
  readonly prefix: Kind;
  /** The pattern of a canonical text, for schemas. */
  readonly pattern: RegExp;
  /**
   * Reads an id of this kind and returns its canonical text.
   *
   * @throws {IdParseError} what is wrong, where, and what to do
   */
  parse(text: string): Id<Kind>;
  /** Tells whether a text is the canonical text of an id of this kind. */
  is(text: unknown): text is Id<Kind>;
}

/** A kind without a scope. */
export interface PlainKind<Kind extends string> extends AnyKind<Kind> {
  /** Makes a new id, greater than all that this realm made before. */
  "new"(): Id<Kind>;
  /** Makes many ids, in order. */
  batch(count: number): Id<Kind>[];
  /** The id of this kind with a given core (also a ULID or UUID). */
  of(core: string): Id<Kind>;
}

/** A kind whose ids say to which thread they belong. */
export interface ThreadKind<Kind extends string> extends AnyKind<Kind> {
  /**
   * Makes a new id on a thread: its id, or the key of a thread that is older than this format.
   *
   * @throws {IdParseError} if the text cannot stand in an id (`invalid_scope`): adopt the thread
   */
  "new"(thread: ThreadId | (string & {})): Id<Kind>;
  /** The thread of an id, as a key to compare: no registry in between. */
  threadOf(id: Id<Kind>): ThreadKey;
}

/** A kind whose ids say to which user they belong. */
export interface UserKind<Kind extends string> extends AnyKind<Kind> {
  "new"(user: UserId): Id<Kind>;
  /** The user of an id. */
  userOf(id: Id<Kind>): UserId;
}

/** Reads an id of a known prefix. */
export function readId(text: string, prefix: string, rule: ScopeRule): IdParts | IdFault {
  const at = prefix.length + 1;
  const rest = text.slice(at);
  const whole = coreFault(rest);
  if (rule === "none") {
    if (whole === undefined) {
      return parts(text, prefix, undefined, rest);
    }
    if (isNearCore(rest)) {
      return { code: whole.code, position: at + whole.position, isFinal: true };
    }
    const split = splitCore(rest);
    if (split !== undefined && isCore(split.core)) {
      return { code: "unexpected_scope", position: at, isFinal: false };
    }
    return rest === ""
      ? { code: "wrong_length", position: at, isFinal: false }
      : { code: whole.code, position: at + whole.position, isFinal: false };
  }
  if (whole === undefined) {
    return { code: "missing_scope", position: at, isFinal: true };
  }
  if (isNearCore(rest)) {
    return { code: whole.code, position: at + whole.position, isFinal: true };
  }
  const split = splitCore(rest);
  if (split === undefined || !isCore(split.core)) {
    return lastPartFault(rest, at, rule);
  }
  const scope = readScope(split.scope, rule);
  if ("code" in scope) {
    return { code: scope.code, position: at + scope.position, isFinal: scope.code === "mistyped_scope" };
  }
  return parts(text, prefix, scope.text, split.core);
}

function parts(text: string, prefix: string, scope: string | undefined, core: string): IdParts {
  const lower = core.toLowerCase();
  const canonical = scope === undefined ? `${prefix}_${lower}` : `${prefix}_${scope}_${lower}`;
  return { kind: prefix, text: canonical, scope, core: lower, isCanonical: text === canonical };
}

/** Splits a core off the end. */
function splitCore(rest: string): { scope: string; core: string } | undefined {
  const at = rest.length - CORE_CHARS;
  return at > 0 && rest.charAt(at - 1) === "_" ? { scope: rest.slice(0, at - 1), core: rest.slice(at) } : undefined;
}

function readScope(text: string, rule: ScopeRule): Scope | ScopeFault {
  if (rule === "thread") {
    return readThreadScope(text);
  }
  const fault = coreFault(text);
  if (fault === undefined) {
    return { text: text.toLowerCase(), isCore: true };
  }
  if (isNearCore(text)) {
    return { code: "mistyped_scope", position: fault.position };
  }
  return { code: text === "" ? "missing_scope" : "invalid_scope", position: 0 };
}

/** Says what is wrong with the last part of an id that does not end in a core. */
function lastPartFault(rest: string, at: number, rule: ScopeRule): IdFault {
  const cut = rest.lastIndexOf("_");
  const last = rest.slice(cut + 1);
  const fault = coreFault(last) ?? { code: "unknown_format", position: 0 };
  const isMistyped = isNearCore(last) && cut >= 0 && !("code" in readScope(rest.slice(0, cut), rule));
  return { code: fault.code, position: at + cut + 1 + fault.position, isFinal: isMistyped };
}

const CORE_PATTERN = "[0-7][0-9a-hjkmnp-tv-z]{25}";

function reader<const Kind extends string>(prefix: Kind, rule: ScopeRule): AnyKind<Kind> & { read(text: string): IdParts } {
  const scope = rule === "thread" ? "[0-9A-Za-z][0-9A-Za-z_-]{0,199}_" : rule === "user" ? `${CORE_PATTERN}_` : "";
  const read = (text: string): IdParts => {
    if (text === "") {
      throw new IdParseError("empty", text, 0);
    }
    if (text.length > 512) {
      throw new IdParseError("too_long", text, 512);
    }
    if (!text.startsWith(`${prefix}_`)) {
      throw new IdParseError("wrong_kind", text, 0, `${prefix}_`);
    }
    const id = readId(text, prefix, rule);
    if ("code" in id) {
      throw new IdParseError(id.code, text, id.position);
    }
    return id;
  };
  return {
    prefix,
    pattern: new RegExp(`^${prefix}_${scope}${CORE_PATTERN}$`, "u"),
    read,
    parse: (text) => read(text).text as Id<Kind>,
    is: (text): text is Id<Kind> => {
      if (typeof text !== "string" || text.length > 512 || !text.startsWith(`${prefix}_`)) {
        return false;
      }
      const id = readId(text, prefix, rule);
      return !("code" in id) && id.isCanonical;
    },
  };
}

function plain<const Kind extends string>(prefix: Kind): PlainKind<Kind> {
  const make = (core: string): Id<Kind> => `${prefix}_${core}` as Id<Kind>;
  const { read: _, ...shared } = reader(prefix, "none");
  return {
    ...shared,
    new: () => make(realm.generate()),
    batch: (count) => Array.from({ length: count }, () => make(realm.generate())),
    of: (core) => {
      const key = threadKey(core);
      const fault = coreFault(key);
      if (fault !== undefined || core.startsWith("thread_")) {
        throw new IdParseError(fault?.code ?? "wrong_kind", core, fault?.position ?? 0);
      }
      return make(key);
    },
  };
}

function onThread<const Kind extends string>(prefix: Kind): ThreadKind<Kind> {
  const { read, ...shared } = reader(prefix, "thread");
  return {
    ...shared,
    new: (thread) => {
      // An id of another kind is no thread, though its text could be taken for the key of one.
      const first = thread.slice(0, thread.indexOf("_"));
      if (first !== "thread" && isKindName(first) && !("code" in readId(thread, first, KINDS[first]))) {
        throw new IdParseError("wrong_kind", thread, 0, "thread_");
      }
      const scope = readThreadScope(thread);
      if ("code" in scope) {
        throw new IdParseError(scope.code, thread, scope.position);
      }
      return `${prefix}_${scope.text}_${realm.generate()}` as Id<Kind>;
    },
    threadOf: (id) => threadKey(read(id).scope ?? ""),
  };
}

const websocket: UserKind<"websocket"> = (() => {
  const { read, ...shared } = reader("websocket", "user");
  return {
    ...shared,
    new: (user) => `websocket_${UserId.parse(user).slice("user_".length)}_${realm.generate()}` as WebsocketId,
    userOf: (id) => `user_${read(id).scope ?? ""}` as UserId,
  };
})();

export const ThreadId = plain("thread");
export const RunId = onThread("run");
export const UserId = plain("user");
export const WebsocketId = websocket;
export const MessageId = onThread("message");
export const ToolId = onThread("tool");
export const SessionId = plain("session");
export const RequestId = plain("request");
export const AgentId = plain("agent");
export const ExecutionId = plain("execution");
export const TraceId = plain("trace");
export const TransactionId = plain("transaction");
export const MetricId = plain("metric");
export const ErrorId = plain("error");
export const JobId = plain("job");
export const TestId = plain("test");
export const EntityId = plain("entity");
export const WorkflowId = plain("workflow");
export const PoolId = plain("pool");
export const CheckpointId = plain("checkpoint");
export const ConfigId = plain("config");

/** The prefix of a kind of one's own: lower-case letters, and none of the built-in ones. */
export type OwnPrefix<Prefix extends string> = Prefix extends KindName | Uppercase<Prefix> | "" ? never : Prefix;

/**
 * Declares a kind of one's own, without a scope.
 *
 * @throws {TypeError} if the prefix is not 1 to 32 lower-case letters, or that of a built-in kind
 */
export function kind<const Prefix extends string>(prefix: OwnPrefix<Prefix>): PlainKind<Prefix> {
  if (!/^[a-z]{1,32}$/u.test(prefix)) {
    throw new TypeError(`the prefix \`${prefix}\` is not 1 to 32 letters a to z`);
  }
  if (isKindName(prefix)) {
    throw new TypeError(`the prefix \`${prefix}\` is that of a built-in kind`);
  }
  return plain<Prefix>(prefix);
}

/** The 16 bytes of the core of an id. */
export function bytesOf(id: Id<string>): Uint8Array {
  return decodeCore(id.slice(-CORE_CHARS));
}

/** When an id was made, in Unix milliseconds; `undefined` for one without a time (adopted, or of UUIDv4 bits). */
export function timestampMs(id: Id<string>): number | undefined {
  const bytes = bytesOf(id);
  const version = versionOf(bytes);
  return version === 4 || version === 8 ? undefined : firstBits(bytes);
}

/** The core of an id as a UUID. */
export function toUuid(id: Id<string>): string {
  return uuidOf(bytesOf(id));
}

/** The core of an id in the upper-case spelling of the ULID specification. */
export function toUlid(id: Id<string>): string {
  return id.slice(-CORE_CHARS).toUpperCase();
}

/**
 * The id that stands for a thread or user that is known only by an old text: the same in every language and process.
 *
 * The first 16 bytes of SHA-256("unified-id/adopt/1" 00 kind 00 thread key), version 8, variant 10.
 */
export async function adopt<Kind extends "thread" | "user">(kindName: Kind, text: string): Promise<Id<Kind>> {
  const key = threadKey(text);
  const encoder = new TextEncoder();
  const head = encoder.encode(`unified-id/adopt/1\0${kindName}\0`);
  const tail = isCore(key) ? decodeCore(key) : encoder.encode(key);
  const message = new Uint8Array(head.length + tail.length);
  message.set(head);
  message.set(tail, head.length);
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", message)).slice(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `${kindName}_${encodeCore(bytes)}` as Id<Kind>;
}

/** Unified ID for browsers, workers and Node: typed ids as branded strings, and a reader of everything older. */
export * from "./kinds.js";
export { IdParseError, type IdErrorCode } from "./errors.js";
export { Generator, type Source } from "./generator.js";
export { parseAny, type Reading } from "./parse_any.js";
export { readLegacy, type Dialect, type LegacyReading } from "./legacy.js";
export { threadKey, type ThreadKey } from "./thread_key.js";

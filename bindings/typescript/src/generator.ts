/**
 * Makes cores: 48 bits Unix milliseconds, 22 bits counter, 52 bits from the CSPRNG of the platform, as a UUIDv7.
 *
 * Within one realm (a page, a worker, a Node process) all cores are strictly increasing, also when the clock stands still
 * or goes back. Realms share nothing but the clock; 52 fresh random bits of every core keep them apart.
 */
import { encodeCore } from "./core.js";

const FIRST_MS = 1_577_836_800_000;
const LAST_MS = 5_964_364_800_000;
const COUNTER_MAX = 2 ** 22 - 1;
/** Random bytes that are fetched at once; a core takes seven, a new millisecond three more. */
const POOL_BYTES = 4096;

/** Where time and randomness come from. */
export interface Source {
  /** Unix milliseconds. */
  now(): number;
  /** Fills an array with bytes that nobody can guess. */
  fill(bytes: Uint8Array): void;
}

const PLATFORM: Source = {
  now: () => Date.now(),
  fill: (bytes) => {
    crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
  },
};

/** A source of cores in strictly increasing order. */
export class Generator {
  readonly #source: Source;
  readonly #pool = new Uint8Array(POOL_BYTES);
  #used = POOL_BYTES;
  #ms = 0;
  #counter = 0;

  constructor(source: Source = PLATFORM) {
    this.#source = source;
  }

  /** Makes a core: never fails, never repeats, never goes back. */
  generate(): string {
    const now = Math.min(Math.max(Math.trunc(this.#source.now()), FIRST_MS), LAST_MS - 1);
    if (now > this.#ms) {
      this.#start(now);
    } else if (this.#counter === COUNTER_MAX) {
      // Used up: the next millisecond is borrowed.
      this.#start(this.#ms + 1);
    } else {
      this.#counter += 1;
    }
    const bytes = new Uint8Array(16);
    bytes.set(this.#take(7), 9);
    const counter = this.#counter;
    for (let at = 5, rest = this.#ms; at >= 0; at -= 1) {
      bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    bytes[6] = 0x70 | (counter >>> 18);
    bytes[7] = (counter >>> 10) & 0xff;
    bytes[8] = 0x80 | ((counter >>> 4) & 0x3f);
    bytes[9] = ((counter & 0x0f) << 4) | ((bytes[9] ?? 0) & 0x0f);
    return encodeCore(bytes);
  }

  /** Opens a millisecond: its counter starts at random with the top bit 0 (RFC 9562, section 6.2). */
  #start(ms: number): void {
    this.#ms = ms;
    const start = this.#take(3).reduce((value, byte) => value * 256 + byte, 0);
    this.#counter = start % 2 ** 21;
  }

  /** Takes random bytes; no byte is given twice, and none is kept. */
  #take(count: number): Uint8Array {
    if (this.#used + count > POOL_BYTES) {
      this.#source.fill(this.#pool);
      this.#used = 0;
    }
    const taken = this.#pool.slice(this.#used, this.#used + count);
    this.#pool.fill(0, this.#used, this.#used + count);
    this.#used += count;
    return taken;
  }
}

/** The generator of this realm. */
export const realm = new Generator();

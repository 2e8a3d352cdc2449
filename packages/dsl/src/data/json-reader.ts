import { isUtf8 } from "node:buffer";
import { pushNull } from "../lua/data-marks.js";
import type { LuaThread } from "../lua/lua-api.js";
import { type LuaState, pushBytes, viewHeap } from "../lua/lua-state.js";
import { fitsInteger, MAX_DEPTH, markAsList, pushNumber } from "../lua/push-value.js";
import { readNumber } from "./json-number.js";
import { TextError } from "./text-error.js";

/**
 * Reads JSON (RFC 8259) straight into a Lua state: a text of many small values would not fit in memory as JavaScript's,
 * and `JSON.parse` loses integers beyond 2^53. Duplicate keys: the last one counts. A byte order mark is skipped.
 */
export class JsonReader {
  readonly #lua: LuaState;
  readonly #thread: LuaThread;
  readonly #keepNull: boolean;
  /** The string in Lua's heap, where it stays; and a copy, since the heap's view changes when it grows. */
  readonly #pointer: number;
  readonly #text: Buffer;
  #at = 0;

  /** @param index - of the string with the text */
  constructor(
    lua: LuaState,
    { thread, index, keepNull }: { thread: LuaThread; index: number; keepNull: boolean },
  ) {
    this.#lua = lua;
    this.#thread = thread;
    this.#keepNull = keepNull;
    this.#pointer = lua.api._lua_tolstring(thread, index, lua.scratch);
    const heap = viewHeap(lua);
    this.#text = Buffer.from(heap.subarray(this.#pointer, this.#pointer + heap.readUInt32LE(lua.scratch)));
  }

  /** Pushes the value. @throws {TextError} with the stack as it happens to be */
  push(): void {
    if (!isUtf8(this.#text)) throw new TextError("the text is not valid UTF-8");
    if (this.#text[0] === 0xef && this.#text[1] === 0xbb) this.#at = 3;
    if (this.#lua.api._lua_checkstack(this.#thread, 4 * MAX_DEPTH) === 0) throw this.#error("no room for it");
    this.#skipBlanks();
    this.#pushValue(0, this.#keepNull);
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the text");
  }

  #pushValue(depth: number, keepNull: boolean): void {
    const { api } = this.#lua;
    const byte = this.#text[this.#at];
    if (byte === 0x22) this.#pushString();
    else if (byte === 0x7b) this.#pushObject(depth);
    else if (byte === 0x5b) this.#pushList(depth);
    else if (this.#skipWord("true")) api._lua_pushboolean(this.#thread, 1);
    else if (this.#skipWord("false")) api._lua_pushboolean(this.#thread, 0);
    else if (!this.#skipWord("null")) this.#pushNumber();
    else if (keepNull) pushNull(this.#lua, this.#thread);
    else api._lua_pushnil(this.#thread);
  }

  #pushObject(depth: number): void {
    const { api } = this.#lua;
    this.#open(depth);
    api._lua_createtable(this.#thread, 0, 0);
    if (this.#skipIf(0x7d)) return;
    do {
      this.#skipBlanks();
      if (this.#text[this.#at] !== 0x22) throw this.#unexpected("a name in double quotes");
      this.#pushString();
      this.#skipBlanks();
      if (!this.#skipIf(0x3a)) throw this.#unexpected('":"');
      this.#skipBlanks();
      this.#pushValue(depth + 1, this.#keepNull);
      api._lua_rawset(this.#thread, -3);
      this.#skipBlanks();
    } while (this.#skipIf(0x2c));
    if (!this.#skipIf(0x7d)) throw this.#unexpected('"," or "}"');
  }

  #pushList(depth: number): void {
    const { api } = this.#lua;
    this.#open(depth);
    api._lua_createtable(this.#thread, 0, 0);
    if (this.#skipIf(0x5d)) {
      markAsList(this.#lua, this.#thread);
      return;
    }
    let position = 0n;
    do {
      this.#skipBlanks();
      this.#pushValue(depth + 1, true);
      api._lua_rawseti(this.#thread, -2, ++position);
      this.#skipBlanks();
    } while (this.#skipIf(0x2c));
    if (!this.#skipIf(0x5d)) throw this.#unexpected('"," or "]"');
  }

  #open(depth: number): void {
    if (depth >= MAX_DEPTH) throw this.#error(`it is nested deeper than ${MAX_DEPTH} levels`);
    this.#at++;
    this.#skipBlanks();
  }

  #pushString(): void {
    const start = ++this.#at;
    let byte = this.#text[start];
    while (byte !== 0x22 && byte !== 0x5c && byte !== undefined && byte >= 0x20)
      byte = this.#text[++this.#at];
    if (byte === 0x22) {
      this.#lua.api._lua_pushlstring(this.#thread, this.#pointer + start, this.#at - start);
      this.#at++;
    } else this.#pushEscaped(start);
  }

  /** A string with escapes, from its first byte on. */
  #pushEscaped(start: number): void {
    for (let byte = this.#text[this.#at]; byte !== 0x22; byte = this.#text[this.#at]) {
      if (byte === undefined) throw this.#unexpected('a string that ends with "');
      if (byte < 0x20) throw this.#error("a string holds a control character that is not escaped");
      this.#at = Math.min(this.#at + (byte === 0x5c ? 2 : 1), this.#text.length);
    }
    const quoted = this.#text.toString("utf8", start - 1, ++this.#at);
    const text = unquote(quoted);
    if (text === undefined) throw this.#error("a string has an escape that JSON does not know", start - 1);
    if (/\p{Surrogate}/u.test(text)) throw this.#error("a string has half of a surrogate pair", start - 1);
    pushBytes(this.#lua, this.#thread, Buffer.from(text));
  }

  #pushNumber(): void {
    const number = readNumber(this.#text, this.#at);
    if (!number) throw this.#unexpected("a value");
    this.#at = number.end;
    if (typeof number.value === "number") pushNumber(this.#lua, this.#thread, number.value);
    else if (fitsInteger(number.value)) this.#lua.api._lua_pushinteger(this.#thread, number.value);
    else this.#lua.api._lua_pushnumber(this.#thread, Number(number.value));
  }

  #skipWord(word: string): boolean {
    if (this.#text[this.#at] !== word.charCodeAt(0)) return false;
    const end = this.#at + word.length;
    if (this.#text.toString("latin1", this.#at, end) !== word) throw this.#unexpected("a value");
    this.#at = end;
    return true;
  }

  #skipIf(byte: number): boolean {
    if (this.#text[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    for (let byte = this.#text[this.#at]; ; byte = this.#text[++this.#at]) {
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    }
  }

  #unexpected(wanted: string): TextError {
    const rest = this.#text.toString("utf8", this.#at, this.#at + 4);
    const found =
      rest === ""
        ? "the text ends"
        : `there is ${JSON.stringify(String.fromCodePoint(rest.codePointAt(0) ?? 0))}`;
    return this.#error(`${found} where ${wanted} was expected`);
  }

  #error(problem: string, at = this.#at): TextError {
    const before = this.#text.subarray(0, at);
    const lineStart = before.lastIndexOf(0x0a) + 1;
    let line = 1;
    for (let i = before.indexOf(0x0a); i >= 0; i = before.indexOf(0x0a, i + 1)) line++;
    const column = [...before.toString("utf8", lineStart)].length + 1;
    return new TextError(problem, { line, column });
  }
}

function unquote(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted);
  } catch {
    return undefined; // What JSON itself refuses is told with its place.
  }
}

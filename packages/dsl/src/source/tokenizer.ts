/**
 * The tokens of Lua 5.4, as far as they are needed to find where things stand in a source text: strings,
 * long brackets and comments are told apart from code, lines are counted as Lua counts them.
 *
 * It accepts everything that Lua accepts. On text that Lua refuses it ends sooner or later, without a claim.
 */
export class Tokenizer {
  kind: "name" | "string" | "number" | "symbol" | "end" = "end";
  /** Byte offsets of the token. */
  start = 0;
  end = 0;
  /** Line of the token's first byte, from 1. */
  line = 1;
  private nextLine = 1;

  constructor(private readonly source: Uint8Array) {}

  /** Moves to the next token. */
  advance(): void {
    this.skipBlanksAndComments();
    this.start = this.end;
    this.line = this.nextLine;
    const byte = this.source[this.end];
    if (byte === undefined) this.kind = "end";
    else if (isNameStart(byte)) this.readName();
    else if (isDigit(byte) || (byte === DOT && isDigit(this.source[this.end + 1]))) this.readNumber();
    else if (byte === DOUBLE_QUOTE || byte === QUOTE) this.readString(byte);
    else if (byte === OPEN_BRACKET && this.skipLongBracket()) this.kind = "string";
    else this.readSymbol();
  }

  /** The token's bytes as text. */
  text(): string {
    return Buffer.from(
      this.source.buffer,
      this.source.byteOffset + this.start,
      this.end - this.start,
    ).toString();
  }

  /** Whether the token is this keyword, name or symbol. */
  is(text: string): boolean {
    if (this.kind === "string" || this.end - this.start !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (this.source[this.start + i] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  private skipBlanksAndComments(): void {
    for (;;) {
      const byte = this.source[this.end];
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.skipLineBreak(byte);
      else if (byte === SPACE || (byte !== undefined && byte >= 9 && byte <= 12)) this.end++;
      else if (byte === DASH && this.source[this.end + 1] === DASH) this.skipComment();
      else return;
    }
  }

  private skipComment(): void {
    this.end += 2;
    if (this.source[this.end] === OPEN_BRACKET && this.skipLongBracket()) return;
    for (let byte = this.source[this.end]; byte !== undefined; byte = this.source[++this.end]) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return;
    }
  }

  /** `\r\n` and `\n\r` are one break. */
  private skipLineBreak(byte: number): void {
    const next = this.source[++this.end];
    if (next !== byte && (next === LINE_FEED || next === CARRIAGE_RETURN)) this.end++;
    this.nextLine++;
  }

  /** Skips `[[…]]` or `[=[…]=]` at the position; false when none starts here. */
  private skipLongBracket(): boolean {
    let position = this.end + 1;
    while (this.source[position] === EQUALS) position++;
    if (this.source[position] !== OPEN_BRACKET) return false;
    const level = position - this.end - 1;
    this.end = position + 1;
    for (let byte = this.source[this.end]; byte !== undefined; byte = this.source[this.end]) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.skipLineBreak(byte);
      else if (byte === CLOSE_BRACKET && this.closesLongBracket(level)) return true;
      else this.end++;
    }
    return true;
  }

  private closesLongBracket(level: number): boolean {
    for (let i = 1; i <= level; i++) if (this.source[this.end + i] !== EQUALS) return false;
    if (this.source[this.end + level + 1] !== CLOSE_BRACKET) return false;
    this.end += level + 2;
    return true;
  }

  private readName(): void {
    this.kind = "name";
    do this.end++;
    while (isNamePart(this.source[this.end]));
  }

  private readNumber(): void {
    this.kind = "number";
    const hexadecimal = this.source[this.end] === ZERO && ((this.source[this.end + 1] ?? 0) | 0x20) === 0x78;
    const exponent = hexadecimal ? 0x70 : 0x65;
    for (let byte = this.source[this.end]; byte !== undefined; byte = this.source[this.end]) {
      const sign = this.source[this.end + 1];
      if ((byte | 0x20) === exponent && (sign === DASH || sign === PLUS)) this.end += 2;
      else if (isNamePart(byte) || byte === DOT) this.end++;
      else return;
    }
  }

  private readString(quote: number): void {
    this.kind = "string";
    this.end++;
    for (let byte = this.source[this.end]; byte !== undefined; byte = this.source[this.end]) {
      if (byte === BACKSLASH) this.skipEscape();
      else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) return;
      else {
        this.end++;
        if (byte === quote) return;
      }
    }
  }

  private skipEscape(): void {
    const escaped = this.source[++this.end];
    if (escaped === LINE_FEED || escaped === CARRIAGE_RETURN) this.skipLineBreak(escaped);
    else this.end++;
    if (escaped !== LOWER_Z) return;
    for (let byte = this.source[this.end]; byte !== undefined; byte = this.source[this.end]) {
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) this.skipLineBreak(byte);
      else if (byte === SPACE || (byte >= 9 && byte <= 12)) this.end++;
      else return;
    }
  }

  private readSymbol(): void {
    this.kind = "symbol";
    const first = this.source[this.end++];
    const second = this.source[this.end];
    const doubled = second === first && (first === EQUALS || first === COLON || first === DOT);
    const compared = second === EQUALS && (first === TILDE || first === LESS || first === GREATER);
    if (doubled || compared) this.end++;
    if (first === DOT && doubled && this.source[this.end] === DOT) this.end++;
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const QUOTE = 39;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LOWER_Z = 122;
const TILDE = 126;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isNameStart(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95;
}

function isNamePart(byte: number | undefined): boolean {
  return byte !== undefined && (isNameStart(byte) || isDigit(byte));
}

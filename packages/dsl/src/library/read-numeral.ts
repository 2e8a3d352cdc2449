/** Bytes of a number that are read at most, as in C (`L_MAXLENNUM` in liolib.c). */
const LONGEST = 200;

/** Where bytes come from, one after another. */
export interface ByteSource {
  /** The next byte; -1 at the end. */
  peek(): number;
  advance(): void;
}

/**
 * Reads what may be a number, as `g_read` of https://www.lua.org/source/5.4/liolib.c.html does: a byte at a
 * time, without going back, so that a wrong start is consumed too. Whether it is a number in the end is for
 * `tonumber` to say.
 *
 * @returns `null` where it is longer than any number.
 */
export function readNumeral(source: ByteSource): string | null {
  while (isOneOf(source.peek(), " \t\n\v\f\r")) source.advance();
  const numeral = new Numeral(source);
  numeral.acceptOne("+-");
  const zero = numeral.acceptOne("0");
  const isHexadecimal = zero && numeral.acceptOne("xX");
  const digits = isHexadecimal ? HEXADECIMAL : DECIMAL;
  let count = zero && !isHexadecimal ? 1 : 0;
  count += numeral.acceptAll(digits);
  if (numeral.acceptOne(".")) count += numeral.acceptAll(digits);
  if (count > 0 && numeral.acceptOne(isHexadecimal ? "pP" : "eE")) {
    numeral.acceptOne("+-");
    numeral.acceptAll(DECIMAL);
  }
  return numeral.text;
}

const DECIMAL = "0123456789";
const HEXADECIMAL = `${DECIMAL}abcdefABCDEF`;

class Numeral {
  text: string | null = "";

  constructor(private readonly source: ByteSource) {}

  acceptOne(allowed: string): boolean {
    const byte = this.source.peek();
    if (this.text === null || !isOneOf(byte, allowed)) return false;
    if (this.text.length >= LONGEST) {
      this.text = null;
      return false;
    }
    this.text += String.fromCharCode(byte);
    this.source.advance();
    return true;
  }

  acceptAll(allowed: string): number {
    let count = 0;
    while (this.acceptOne(allowed)) count++;
    return count;
  }
}

function isOneOf(byte: number, allowed: string): boolean {
  return byte !== -1 && allowed.includes(String.fromCharCode(byte));
}

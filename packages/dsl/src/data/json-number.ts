/** Digits that a number holds exactly, whatever they are. */
const SAFE_DIGITS = 15;

/**
 * Reads the number of JSON that starts at `start`: integers are exact, as a `bigint` where a `number` could not hold
 * them. Gives where it ends too; `undefined` where there is none.
 */
export function readNumber(text: Buffer, start: number): { value: number | bigint; end: number } | undefined {
  const isNegative = text[start] === 0x2d;
  const first = isNegative ? start + 1 : start;
  let end = skipDigits(text, first);
  const digits = end - first;
  if (digits === 0 || (digits > 1 && text[first] === 0x30)) return undefined;
  let isInteger = true;
  if (text[end] === 0x2e) {
    const fraction = skipDigits(text, end + 1);
    if (fraction === end + 1) return undefined;
    isInteger = false;
    end = fraction;
  }
  if (text[end] === 0x65 || text[end] === 0x45) {
    const sign = text[end + 1];
    const from = sign === 0x2b || sign === 0x2d ? end + 2 : end + 1;
    const exponent = skipDigits(text, from);
    if (exponent === from) return undefined;
    isInteger = false;
    end = exponent;
  }
  if (isInteger && digits > SAFE_DIGITS) return { value: BigInt(text.toString("latin1", start, end)), end };
  return {
    value: isInteger
      ? smallInteger(text, first, end, isNegative)
      : Number(text.toString("latin1", start, end)),
    end,
  };
}

function smallInteger(text: Buffer, first: number, end: number, isNegative: boolean): number {
  let value = 0;
  for (let i = first; i < end; i++) value = value * 10 + (text[i] ?? 0) - 0x30;
  return isNegative ? -value : value;
}

function skipDigits(text: Buffer, start: number): number {
  let at = start;
  for (let byte = text[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = text[++at]);
  return at;
}

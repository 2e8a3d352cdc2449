const BEYOND_ASCII = /[\u0080-\uffff]/;

/** The UTF-8 of a text, one character a byte: git compares bytes, so that `?` is half an `ä`. */
export function toByteString(text: string): string {
  return BEYOND_ASCII.test(text) ? Buffer.from(text).toString("latin1") : text;
}

/**
 * As much of DER (X.690) as a certificate needs: a tag, a length, the contents.
 */
export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body)]), body]);
}

export const sequence = (...items: Uint8Array[]): Buffer => der(0x30, ...items);
export const integer = (bytes: Uint8Array): Buffer => der(0x02, bytes);
export const text = (value: string): Buffer => der(0x0c, Buffer.from(value));
export const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
export const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes);
/** @param encoded - in hexadecimal, as the standards' own examples have it */
export const identifier = (encoded: string): Buffer => der(0x06, Buffer.from(encoded, "hex"));

function lengthOf({ length }: Uint8Array): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

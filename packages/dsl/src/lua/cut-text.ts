/** A text for a person is not longer: a message of 100 MB would have to be held, sent and shown. */
export const MAX_TEXT_BYTES = 64 * 1024;

/** The text of these bytes: of a long one the beginning, and how long it was. */
export function cutText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_TEXT_BYTES)).toString();
  return bytes.length > MAX_TEXT_BYTES ? `${text}… (${bytes.length} bytes in all)` : text;
}

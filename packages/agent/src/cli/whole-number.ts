/** A number as it is typed, undefined where it is none from `min` to `max`. */
export function wholeNumber(text: unknown, min: number, max: number): number | undefined {
  const number = /^\d{1,6}$/.test(String(text)) ? Number(text) : Number.NaN;
  return number >= min && number <= max ? number : undefined;
}

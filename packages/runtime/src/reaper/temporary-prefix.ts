/** Of the names that what runs with a mark has in the system's temporary directory. */
export function temporaryPrefix(markId: string): string {
  return `sloth-${markId}-`;
}

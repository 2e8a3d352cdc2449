/** What the module says when its memory does not grow. Lua says it as well, as an error. */
const ABOUT_GROWTH = /^(growMemory: |Failed to grow the heap|Cannot enlarge memory)/;

const errors = console;
let instances = 0;
let realError = errors.error;

function errorButNotOfGrowth(...parts: unknown[]): void {
  if (!ABOUT_GROWTH.test(String(parts[0]))) realError.apply(errors, parts);
}

/**
 * Makes an instance of the module that does not tell `console.error` of each allocation that fails. It has no
 * option for that; it keeps the function that is there while it is made.
 */
export async function withoutGrowthMessages<T>(makeInstance: () => Promise<T>): Promise<T> {
  if (instances++ === 0) {
    realError = errors.error;
    errors.error = errorButNotOfGrowth;
  }
  try {
    return await makeInstance();
  } finally {
    if (--instances === 0 && errors.error === errorButNotOfGrowth) errors.error = realError;
  }
}

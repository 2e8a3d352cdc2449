import type { StampedResult } from "../results.js";

export function renderPage(_results: readonly StampedResult[]): string {
  return "";
}

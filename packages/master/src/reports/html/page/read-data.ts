import type { PageData, PageLog } from "../page-data.js";

/** Reads what the page was given of the run. */
export function readData(): PageData {
  return JSON.parse(document.getElementById("run")?.textContent ?? "{}");
}

/** What a task printed. Absent: nothing. */
export function readLog(index: number): PageLog | undefined {
  const text = document.getElementById(`log-${index}`)?.textContent;
  return text ? JSON.parse(text) : undefined;
}

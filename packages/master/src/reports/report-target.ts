/** What a report is for: CI servers, trace viewers, people. */
export const REPORT_KINDS = ["junit", "trace", "html"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** A report that is wanted, and the file that it goes to. */
export interface ReportTarget {
  kind: ReportKind;
  /** As it was typed. */
  path: string;
}

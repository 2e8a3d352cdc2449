/** A mistake on the command line, in one line. */
export interface UsageError {
  kind: "usage-error";
  message: string;
}

export function usageError(message: string): UsageError {
  const line = message.split("\n").filter(Boolean).join(". ");
  return {
    kind: "usage-error",
    message: `${/[.?]$/.test(line) ? line : `${line}.`} See sloth-agent --help.`,
  };
}

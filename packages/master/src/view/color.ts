/** What the user said of colours on the command line. */
export const COLORS = ["auto", "always", "never"] as const;
export type Color = (typeof COLORS)[number];

/**
 * Whether to colour what goes to a stream. `--color` wins over `NO_COLOR`, that over `FORCE_COLOR`, that over what the
 * stream is.
 *
 * @see https://no-color.org
 * @see https://force-color.org
 */
export function usesColor(
  stream: { isTTY?: boolean },
  color: Color,
  env: Record<string, string | undefined>,
): boolean {
  if (color !== "auto") return color === "always";
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** The part of the run that is seen, in milliseconds since its start. */
export interface View {
  fromMs: number;
  toMs: number;
}

const SHORTEST_VIEW_MS = 5;
const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3,
].concat([600e3, 900e3, 1800e3, 3600e3, 7200e3, 14400e3, 21600e3, 43200e3, 86400e3]);

/** All of a run, with some room after its end. */
export function wholeView(durationMs: number): View {
  return { fromMs: 0, toMs: Math.max(SHORTEST_VIEW_MS, durationMs * 1.01) };
}

/** Makes what is seen shorter (`factor` below 1) or longer; the time `aroundMs` stays where it is. */
export function zoom(view: View, factor: number, aroundMs: number, all: View): View {
  const length = Math.min(all.toMs, Math.max(SHORTEST_VIEW_MS, (view.toMs - view.fromMs) * factor));
  const share = (aroundMs - view.fromMs) / (view.toMs - view.fromMs);
  return within({ fromMs: aroundMs - share * length, toMs: aroundMs + (1 - share) * length }, all);
}

/** Moves what is seen, no further than there is anything. */
export function pan(view: View, byMs: number, all: View): View {
  return within({ fromMs: view.fromMs + byMs, toMs: view.toMs + byMs }, all);
}

function within({ fromMs, toMs }: View, all: View): View {
  const length = Math.min(toMs - fromMs, all.toMs);
  const start = Math.min(Math.max(0, fromMs), all.toMs - length);
  return { fromMs: start, toMs: start + length };
}

/** Round times to name, at most `most` of them. */
export function ticks({ fromMs, toMs }: View, most: number): number[] {
  const step = STEPS_MS.find((candidate) => (toMs - fromMs) / candidate <= Math.max(1, most)) ?? 86400e3 * 7;
  const first = Math.ceil(fromMs / step);
  const count = Math.max(0, Math.floor(toMs / step) - first + 1);
  return Array.from({ length: Math.min(count, most + 1) }, (_, index) => (first + index) * step);
}

/** A time within the run: `250 ms`, `1.5 s`, `12:30`, `1:02:03`. */
export function formatTime(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60e3) return `${Number((ms / 1000).toFixed(3))} s`;
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = [hours > 0 ? pad(minutes) : String(minutes), pad(seconds % 60)].join(":");
  const fraction =
    ms % 1000
      ? `.${String(Math.round(ms % 1000))
          .padStart(3, "0")
          .replace(/0+$/, "")}`
      : "";
  return (hours > 0 ? `${hours}:${rest}` : rest) + fraction;
}

/** How long something took: `8 ms`, `340 ms`, `12.3 s`, `3 min 05 s`. */
export function formatLength(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${pad(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

/** A duration for people, when it is over: `0.4 s`, `12.0 s`, `3 min 05 s`, `2 h 03 min`. */
export function formatDuration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const [hours, minutes, seconds] = clock(Math.round(ms / 1000));
  return hours > 0 ? `${hours} h ${pad(minutes)} min` : `${minutes} min ${pad(seconds)} s`;
}

/** A time that goes on, in full seconds, as narrow as it can be: `7 s`, `1:05`, `2:03:04`. */
export function formatElapsed(ms: number): string {
  const [hours, minutes, seconds] = clock(Math.max(0, Math.floor(ms / 1000)));
  if (hours > 0) return `${hours}:${pad(minutes)}:${pad(seconds)}`;
  return minutes > 0 ? `${minutes}:${pad(seconds)}` : `${seconds} s`;
}

function clock(seconds: number): [hours: number, minutes: number, seconds: number] {
  const minutes = Math.floor(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60, seconds % 60];
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

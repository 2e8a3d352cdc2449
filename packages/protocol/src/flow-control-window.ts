/**
 * HTTP/2's window is 64 KiB by default: at 10 ms round trip that is 3 MB/s. It is credit, not memory: so much may wait
 * here for a consumer that is slower than the link.
 */
export const BULK_WINDOW_BYTES = 16 * 2 ** 20;

/**
 * Of what a master takes on its control connection to one agent, which is output above all: 10 MB/s at 200 ms round trip
 * at most, where the default gives 0.3. Fifty agents that print faster than it can show may cost it so much each.
 */
export const CONTROL_WINDOW_BYTES = 2 * 2 ** 20;

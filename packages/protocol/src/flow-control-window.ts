/**
 * HTTP/2's window is 64 KiB by default: at 10 ms round trip that is 3 MB/s. It is credit, not memory: so much may wait
 * here for a consumer that is slower than the link.
 */
export const BULK_WINDOW_BYTES = 16 * 2 ** 20;

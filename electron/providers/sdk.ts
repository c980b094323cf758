/**
 * The SDKs' own time limit, longer than any of ours: the limits of an attempt live in the chain. 24 days is the longest timer that
 * Node.js has.
 */
export const noTimeoutMs = 2 ** 31 - 1;

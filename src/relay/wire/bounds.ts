/** How much one message may be: what claims to be more is refused before room is made for it. */

/** A message as a whole. The analyzer's welcome says how many bytes may be on their way. */
export const MESSAGE_BYTES_MAX = 32 << 20;
/** Of each kind in one batch: versions, samples, flows, names, packets, losses, sockets. */
export const RECORDS_MAX = 1 << 18;
/** Of lists and objects inside each other, in metadata and in what a question asks. */
export const VALUE_DEPTH_MAX = 64;

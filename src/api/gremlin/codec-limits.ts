/** How much a message from outside may be. */

/** Values within values; recursion follows it. */
export const depthMax = 128;

/**
 * Collections within keys of maps and within sets: each level compares all that lies beneath it, so that the work is the
 * size of the message times this.
 */
export const keyDepthMax = 16;

/** What lists with counts may unfold to, in one message: a few bytes could say 2^63. */
export const unfoldedMax = 100_000;

/** Bytes of a BigInteger or a BigDecimal, and its digits where it is written so: turning one into the other takes the square. */
export const numberBytesMax = 1024;
export const digitsMax = 2500;

/** Digits a scale may add to a BigDecimal, on either side. */
export const scaleMax = 1000;

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

/** Bytes of a BigInteger or a BigDecimal: turning them into digits takes the square of it. */
export const numberBytesMax = 8192;

/** Digits a scale may add to a BigDecimal, on either side. */
export const scaleMax = 10_000;

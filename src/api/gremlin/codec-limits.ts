/** How much a message may be: those from outside, and ours. */

/** Values within values; recursion follows it. */
export const depthMax = 128;

/** Collections within keys of maps and within sets. */
export const keyDepthMax = 16;

/** Values within keys and sets, counted once for each that they lie in: each of them looks at all beneath it. */
export const keyedMax = 2_000_000;

/** What lists with counts may unfold to, in one message: a few bytes could say 2^63. */
export const unfoldedMax = 100_000;

/** Bytes of a BigInteger or a BigDecimal: turning them into digits takes the square. */
export const numberBytesMax = 1024;

/** Brackets within brackets, before anyone asks what they mean: the parser of JSON takes long to give up. */
export const bracketsMax = 2048;

/** Values within values of an answer. */
export const writtenDepthMax = 256;

/** An answer in one piece; bytes, or characters. A small value may hold itself in many places. */
export const writtenMax = 128 * 1024 * 1024;

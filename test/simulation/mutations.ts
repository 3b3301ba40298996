/** Mistakes that are made on purpose, to see whether they are found. */

export const MUTATIONS = [
  /** An analyzer acknowledges what is on its way to the archive. */
  'acks-early',
  /** An agent's spool forgets a batch now and then. */
  'forgets-batch',
  /** A mirror goes on showing what has ended. */
  'ignores-gone',
  /** What comes again counts again. */
  'counts-twice',
] as const;

export type Mutation = (typeof MUTATIONS)[number];

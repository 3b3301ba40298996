/** What the relay needs of the spool: batches in order, each with its number, until they are acknowledged. */

export interface Spooled {
  /** Made anew when the spool was lost. */
  readonly name: string;
  /** The batches that it holds: [first, next). Numbers begin with 1. */
  readonly first: number;
  readonly next: number;
  /** There is no room: whoever can wait should. */
  readonly isFull: boolean;
  /** Resolves with its number when it is durable; rejects when there is no room or the disk says no. One at a time. */
  append(facts: Uint8Array): Promise<number>;
  /** The batch as it was appended; undefined when it is not here any more. */
  read(seq: number): Promise<Uint8Array | undefined>;
  /** Batches up to this one are kept elsewhere. */
  acknowledge(seq: number): void;
}

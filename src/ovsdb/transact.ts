/** Changes a database, all of it or nothing (RFC 7047 §4.1.3). */
import * as z from 'zod';
import type { Address } from './address.ts';
import { Rpc } from './rpc.ts';

export type Operation = Readonly<Record<string, unknown>> & { readonly op: string };

/** What one operation gave: rows of a select, the UUID of an insert, the count of what an update touched. */
export interface Outcome {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly uuid: string | undefined;
  readonly count: number;
}

/** The database has undone it: 'timed out' is what a `wait` says that does not hold. */
export class Undone extends Error {
  readonly reason: string;

  constructor(reason: string, details: string | undefined) {
    super(details === undefined ? reason : `${reason} (${details})`);
    this.reason = reason;
  }
}

const outcomesShape = z.array(
  z
    .object({
      error: z.string().optional(),
      details: z.string().optional(),
      rows: z.array(z.record(z.string(), z.unknown())).optional(),
      uuid: z.tuple([z.literal('uuid'), z.string()]).optional(),
      count: z.number().optional(),
    })
    .nullable(),
);

/** Throws Undone when the database did not do it, a Refusal when it does not know it, else what is wrong with the connection. */
export async function transact(
  address: Address,
  database: string,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<Outcome[]> {
  const rpc = await Rpc.open(address, () => undefined, signal);
  try {
    const outcomes = outcomesShape.parse(await rpc.ask('transact', [database, ...operations]));
    // One more than there were operations: the whole failed at its end.
    for (const outcome of outcomes) if (outcome?.error !== undefined) throw new Undone(outcome.error, outcome.details);
    return operations.map((_, index) => {
      const { rows = [], uuid, count = 0 } = outcomes[index] ?? {};
      return { rows, uuid: uuid?.[1], count };
    });
  } finally {
    rpc.close();
  }
}

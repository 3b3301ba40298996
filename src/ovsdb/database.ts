/** Watches a database: everything there is, then what changes (ovsdb-server(7), "Monitor Cond Since"; RFC 7047 §4.1.5). */
import * as z from 'zod';
import type { Address } from './address.ts';
import { type Notification, Refusal, Rpc } from './rpc.ts';
import type { Changed, Schema, Tables } from './tables.ts';
import type { Shape } from './value.ts';

/** What is watched: columns that a database does not have are left out. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

/** Means that no transaction is known yet. */
const NONE = '00000000-0000-0000-0000-000000000000';

const typeShape = z.union([
  z.string(),
  z.object({ value: z.unknown().optional(), max: z.union([z.number(), z.string()]).optional() }),
]);
const schemaShape = z.object({
  tables: z.record(z.string(), z.object({ columns: z.record(z.string(), z.object({ type: typeShape })) })),
});
const sinceShape = z.tuple([z.boolean(), z.string(), z.unknown()]);

export class Database {
  readonly #tables: Tables;
  readonly #wanted: Wanted;
  /** One server serves several databases: 'Open_vSwitch', 'OVN_Northbound'. */
  readonly #name: string;
  /** The last transaction that is in the tables. */
  #last = NONE;

  constructor(name: string, tables: Tables, wanted: Wanted) {
    this.#name = name;
    this.#tables = tables;
    this.#wanted = wanted;
  }

  /**
   * Watches until the connection ends, which it does by throwing. `changed` is first called when the tables hold all
   * there is; what was missed since the last call of `watch` is asked for alone, where the database remembers it.
   */
  async watch(address: Address, changed: (changed: Changed) => void, signal: AbortSignal): Promise<never> {
    let isFilled = false;
    const rpc = await Rpc.open(
      address,
      (notification) => {
        // Before the first answer nobody has asked for any.
        const change = isFilled ? this.#take(notification) : undefined;
        if (change) changed(change);
      },
      signal,
    );
    try {
      const schema = readSchema(schemaShape.parse(await rpc.ask('get_schema', [this.#name])), this.#wanted);
      this.#tables.schema = schema;
      await this.#fill(rpc, schema, (change) => {
        isFilled = true;
        changed(change);
      });
      throw await rpc.ended;
    } finally {
      rpc.close();
    }
  }

  /** The tables were emptied: everything is to be told anew. */
  forget(): void {
    this.#last = NONE;
  }

  async #fill(rpc: Rpc, schema: Schema, filled: (changed: Changed) => void): Promise<void> {
    const requests = Object.fromEntries(
      [...schema].map(([table, columns]) => [table, [{ columns: [...columns.keys()] }]]),
    );
    const isKnown = await isDone(
      rpc.ask('monitor_cond_since', [this.#name, 'skein', requests, this.#last], (answer) => {
        const [isFound, last, updates] = sinceShape.parse(answer);
        if (!isFound) this.#tables.clear();
        // What follows is asked for anew when it cannot be read.
        this.#last = NONE;
        const change = this.#tables.update2(updates);
        this.#last = last;
        filled(isFound ? change : { ...change, structure: true });
      }),
    );
    if (isKnown) return;
    this.#last = NONE;
    // Before Open vSwitch 2.12 there is no resuming, before 2.6 whole rows come.
    const isCond = await isDone(
      rpc.ask('monitor_cond', [this.#name, 'skein', requests], (answer) => {
        this.#tables.clear();
        filled({ ...this.#tables.update2(answer), structure: true });
      }),
    );
    if (isCond) return;
    await rpc.ask('monitor', [this.#name, 'skein', requests], (answer) => {
      this.#tables.clear();
      filled({ ...this.#tables.update(answer), structure: true });
    });
  }

  #take({ method, params }: Notification): Changed | undefined {
    if (method === 'update') return this.#tables.update(params[1]);
    if (method === 'update2') return this.#tables.update2(params[1]);
    if (method !== 'update3') return undefined;
    // What could be taken in only in part is asked for anew.
    this.#last = NONE;
    const changed = this.#tables.update2(params[2]);
    this.#last = z.string().parse(params[1]);
    return changed;
  }
}

/** Whether the database does that at all. */
async function isDone(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function readSchema({ tables }: z.infer<typeof schemaShape>, wanted: Wanted): Schema {
  const entries = Object.entries(wanted).map(([table, names]) => {
    const columns = tables[table]?.columns ?? {};
    const known = names.flatMap((name) => {
      const column = columns[name];
      return column ? [[name, shapeOf(column.type)] as const] : [];
    });
    return [table, new Map(known)] as const;
  });
  return new Map(entries.filter(([, columns]) => columns.size > 0));
}

function shapeOf(type: z.infer<typeof typeShape>): Shape {
  if (typeof type === 'string') return 'one';
  if (type.value !== undefined) return 'map';
  return type.max === undefined || type.max === 1 ? 'one' : 'set';
}

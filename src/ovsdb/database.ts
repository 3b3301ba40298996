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
    const early: Notification[] = [];
    const failed = Promise.withResolvers<never>();
    const told = (notification: Notification) => {
      if (!isFilled) {
        early.push(notification);
        return;
      }
      try {
        const change = this.#take(notification);
        if (change) changed(change);
      } catch (error) {
        failed.reject(error);
      }
    };
    const rpc = await Rpc.open(address, told, signal);
    try {
      const schema = readSchema(schemaShape.parse(await rpc.ask('get_schema', [this.#name])), this.#wanted);
      this.#tables.schema = schema;
      changed(await this.#fill(rpc, schema));
      isFilled = true;
      for (const notification of early) told(notification);
      failed.promise.catch(() => undefined);
      throw await Promise.race([rpc.ended, failed.promise]);
    } finally {
      rpc.close();
    }
  }

  /** The tables were emptied: everything is to be told anew. */
  forget(): void {
    this.#last = NONE;
  }

  async #fill(rpc: Rpc, schema: Schema): Promise<Changed> {
    const requests = Object.fromEntries(
      [...schema].map(([table, columns]) => [table, [{ columns: [...columns.keys()] }]]),
    );
    try {
      const answer = await rpc.ask('monitor_cond_since', [this.#name, 'skein', requests, this.#last]);
      const [isFound, last, updates] = sinceShape.parse(answer);
      if (!isFound) this.#tables.clear();
      const change = this.#tables.update2(updates);
      this.#last = last;
      return isFound ? change : { ...change, structure: true };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    this.#last = NONE;
    const [method, take] = await this.#olderMethod(rpc, requests);
    this.#tables.clear();
    return { ...(method === 'monitor' ? this.#tables.update(take) : this.#tables.update2(take)), structure: true };
  }

  /** Before Open vSwitch 2.12 there is no resuming, before 2.6 whole rows come. */
  async #olderMethod(rpc: Rpc, requests: unknown): Promise<readonly ['monitor_cond' | 'monitor', unknown]> {
    try {
      return ['monitor_cond', await rpc.ask('monitor_cond', [this.#name, 'skein', requests])];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return ['monitor', await rpc.ask('monitor', [this.#name, 'skein', requests])];
    }
  }

  #take({ method, params }: Notification): Changed | undefined {
    if (method === 'update') return this.#tables.update(params[1]);
    if (method === 'update2') return this.#tables.update2(params[1]);
    if (method !== 'update3') return undefined;
    const changed = this.#tables.update2(params[2]);
    this.#last = z.string().parse(params[1]);
    return changed;
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

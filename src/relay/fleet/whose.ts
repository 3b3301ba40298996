/** Which agent told of which flow lately. Bounded: the oldest are forgotten, and then everyone is asked. */
import type { Flow } from '../../flow/flow.ts';

/** About 100 bytes each. */
export const WHOSE_MAX = 100_000;

export class Whose {
  readonly #agents = new Map<string, string>();

  told(agent: string, flows: readonly Flow[]): void {
    for (const { UUID } of flows) {
      this.#agents.delete(UUID);
      this.#agents.set(UUID, agent);
    }
    for (const uuid of this.#agents.keys()) {
      if (this.#agents.size <= WHOSE_MAX) break;
      this.#agents.delete(uuid);
    }
  }

  split(
    uuids: readonly string[],
    there: ReadonlySet<string>,
  ): { readonly known: ReadonlyMap<string, readonly string[]>; readonly unknown: readonly string[] } {
    const known = new Map<string, string[]>();
    const unknown: string[] = [];
    for (const uuid of uuids) {
      const agent = this.#agents.get(uuid);
      if (agent === undefined || !there.has(agent)) unknown.push(uuid);
      else if (known.get(agent)?.push(uuid) === undefined) known.set(agent, [uuid]);
    }
    return { known, unknown };
  }
}

/** What is known of agents, in lists that outlive the process: of this analyzer alone, or of several. */
import type { KeptLists } from '../../std/kept-lists.ts';
import type { AgentMemory, RememberedAgent } from './memory.ts';

export interface RememberedLists {
  readonly agents: readonly RememberedAgent[];
}

export function keptMemory(lists: KeptLists<RememberedLists>, { isShared = false } = {}): AgentMemory {
  const known = () => new Map(lists.read().lists.agents.map((its) => [its.agent, its]));
  return {
    load: async () => [...known().values()],
    async keep(agents) {
      const all = known();
      for (const its of agents) {
        // Of several analyzers its home knows it best; those that mirror it are not asked.
        const isAtHome = isShared && its.role === 'mirror' && all.get(its.agent)?.role === 'home';
        if (!isAtHome) all.set(its.agent, its);
      }
      lists.write({ agents: [...all.values()] });
    },
    async forget(agent) {
      const all = known();
      if (all.delete(agent)) lists.write({ agents: [...all.values()] });
    },
    ...(isShared && {
      find: async (agent: string) => {
        const its = known().get(agent);
        return its?.role === 'home' ? its : undefined;
      },
    }),
  };
}

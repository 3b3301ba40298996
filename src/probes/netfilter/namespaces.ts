/** A watch for every namespace that is listed, and what is told of it, for as long as it is. */
import type { Change } from '../../graph/change.ts';
import { WatchedNamespaces } from '../watched-namespaces.ts';
import { Teller } from './teller.ts';
import { type Shared, Watch } from './watch.ts';

export class NamespaceList extends WatchedNamespaces {
  readonly #shared: Shared;
  readonly #tellers: ReadonlySet<Teller>;

  /** `fail` ends the run with a bug that showed outside of any call from it. */
  constructor(shared: Shared, fail: (error: unknown) => void) {
    const { context, notices } = shared;
    const tellers = new Set<Teller>();
    super({
      ...{ context, fail },
      listed({ nodeId, name }) {
        const teller = new Teller(nodeId, context.view());
        tellers.add(teller);
        return {
          open: (namespace) => Watch.open(namespace, shared, teller),
          gone() {
            tellers.delete(teller);
            notices.gone(name);
            context.graph.apply(teller.withdraw());
          },
        };
      },
      refused: (name, isRefused) => notices.set('refused', name, isRefused),
    });
    this.#shared = shared;
    this.#tellers = tellers;
  }

  /** What an earlier run has left, and whose namespace has not come back. */
  sweep(): void {
    const { view, host, graph } = this.#shared.context;
    const gone: Change[] = [];
    const known = new Set<string>();
    for (const teller of this.#tellers) for (const id of teller.ids()) known.add(id);
    for (const type of ['nftchain', 'nftrule', 'nftset'])
      for (const { id, origin } of view().nodesWith('Type', type) ?? [])
        if (origin === `agent.${host.name}` && !known.has(id)) gone.push({ kind: 'gone', id, of: 'node' });
    if (gone.length > 0) graph.apply(gone);
  }
}

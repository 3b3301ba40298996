/** A watch for every namespace that is listed, and what is told of it, for as long as it is. */
import type { Change } from '../../graph/change.ts';
import { WatchedNamespaces } from '../watched-namespaces.ts';
import { Teller } from './teller.ts';
import { type Shared, Watch } from './watch.ts';

export class NamespaceList extends WatchedNamespaces {
  readonly #shared: Shared;
  readonly #tellers: ReadonlySet<Teller>;
  /** Ids of what an earlier run has told. */
  readonly #left: readonly string[];

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
    this.#left = leftIn(shared);
  }

  /** What an earlier run has left, and whose namespace has not come back. */
  sweep(): void {
    // Most often there is none: then nobody goes through what may be very many.
    if (this.#left.length === 0) return;
    const { view, graph } = this.#shared.context;
    const known = new Set<string>();
    for (const teller of this.#tellers) for (const id of teller.ids()) known.add(id);
    const now = view();
    const isLeft = (id: string) => !known.has(id) && [...now.nodes(id)].length > 0;
    const gone = this.#left.filter(isLeft).map((id): Change => ({ kind: 'gone', id, of: 'node' }));
    if (gone.length > 0) graph.apply(gone);
  }
}

function leftIn({ context: { view, host } }: Shared): string[] {
  const all = ['nftchain', 'nftrule', 'nftset'].flatMap((type) => [...(view().nodesWith('Type', type) ?? [])]);
  return all.flatMap(({ id, origin }) => (origin === `agent.${host.name}` ? [id] : []));
}

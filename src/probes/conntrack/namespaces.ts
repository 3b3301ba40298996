/** A watch for every namespace that is listed, for as long as it is. */
import { WatchedNamespaces } from '../watched-namespaces.ts';
import { type Shared, Watch } from './watch.ts';

/** `fail` ends the run with a bug that showed outside of any call from it. */
export function watchedNamespaces(shared: Shared, fail: (error: unknown) => void): WatchedNamespaces {
  const { context, notices } = shared;
  return new WatchedNamespaces({
    ...{ context, fail },
    listed: ({ nodeId, name }) => ({
      open: (namespace) => Watch.open(namespace, shared),
      gone() {
        notices.gone(name);
        context.translations.gone(nodeId, Date.now());
      },
    }),
    refused: (name, isRefused) => notices.set('refused', name, isRefused),
  });
}

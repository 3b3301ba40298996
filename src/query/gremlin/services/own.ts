/** What `call('name', …)` reaches on a graph of one's own: what TinkerGraph has too. A new one is a file and a line here. */
import type { Service } from '../service.ts';
import { degreeCentrality } from './degree-centrality.ts';
import { search } from './search.ts';

export const ownServices: readonly Service[] = [degreeCentrality, search];

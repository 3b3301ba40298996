/** What flows from one step to the next. */
export type Kind =
  | 'start'
  | 'nodes'
  | 'edges'
  | 'graph'
  | 'paths'
  | 'values'
  | 'maps'
  | 'value'
  | 'metrics'
  | 'metric'
  | 'nexthops'
  | 'differences'
  | 'history'
  | 'flows'
  | 'flowgroups'
  | 'packets'
  | 'sockets';

/** How people call what flows between steps. */
export function wordFor(kind: Kind): string {
  return kindWords[kind];
}

const kindWords: Readonly<Record<Kind, string>> = {
  start: 'the start (G)',
  nodes: 'nodes',
  edges: 'edges',
  graph: 'a graph',
  paths: 'paths',
  values: 'values',
  maps: 'maps',
  value: 'a single value',
  metrics: 'metrics',
  metric: 'a single metric',
  nexthops: 'next hops',
  differences: 'differences',
  history: 'versions',
  flows: 'flows',
  flowgroups: 'groups of flows',
  packets: 'packets',
  sockets: 'sockets',
};

export const everyKind = Object.keys(kindWords) as Kind[];

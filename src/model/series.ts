/** Series of numbers beside the graph, and the keys under which queries and clients find them. */

export interface SeriesWords {
  readonly name: string;
  readonly doc: string;
  /** Key of the totals, dotted: of most of them the key of the same name holds them, beside what else it holds. */
  readonly total: string;
  /** Key of what the last reading added. */
  readonly last: string;
  /** It says how much there is now, as the fill of a table: a point of it is not how much more. */
  readonly isLevel?: boolean;
}

const within = (name: string, doc: string): SeriesWords => ({
  name,
  doc,
  total: `${name}.Metric`,
  last: `${name}.LastUpdateMetric`,
});

export const seriesWords: readonly SeriesWords[] = [
  {
    name: 'Metric',
    doc: 'What an interface received and sent; what a rule of OpenFlow, or of a packet filter that counts, matched.',
    total: 'Metric',
    last: 'LastUpdateMetric',
  },
  within('Ovs', 'What Open vSwitch counts at an interface.'),
  within('SFlow', 'What an sFlow agent counts at an interface.'),
  {
    ...within('Conntrack', 'How many connections a namespace tracks, by state, protocol and zone, and at most.'),
    isLevel: true,
  },
  {
    name: 'ConntrackStats',
    doc: 'What became of connections that a namespace tracks, or could not.',
    total: 'Conntrack.Stats',
    last: 'Conntrack.LastUpdateStats',
  },
  {
    name: 'Blockdev',
    doc: 'What a block device read and wrote.',
    total: 'BlockdevMetric',
    last: 'LastUpdateBlockdevMetric',
  },
];

/** By name. */
export const namedSeries: ReadonlyMap<string, SeriesWords> = new Map(seriesWords.map((words) => [words.name, words]));

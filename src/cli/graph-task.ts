/** What `skein graph …` asks the process to do: it may not know graphs itself. */
export type GraphTask = ServeTask | ImportTask | ExportTask;

export interface ServeTask {
  readonly kind: 'serve';
  readonly graphs: readonly ServedGraph[];
  /** Keys of vertices that get an index at once, in each graph. */
  readonly indexed: readonly string[];
  /** Where graphs are kept; undefined: in memory only. */
  readonly data: string | undefined;
  /** The folder of `io()`; undefined: there is none. */
  readonly io: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly hostNames: readonly string[];
  readonly users: readonly { readonly name: string; readonly passwordFile: string }[];
  /** How far back memory remembers, ms. */
  readonly horizonMs: number;
  /** Bytes that a graph below `data` may take. */
  readonly maxBytes: number;
}

export interface ServedGraph {
  readonly name: string;
  /** Undefined: it begins empty. */
  readonly file: string | undefined;
  /** Of a vertex property when nobody names one. */
  readonly cardinality: 'single' | 'list' | 'set';
}

/** Straight into a folder that no server has open. */
export interface ImportTask {
  readonly kind: 'import';
  readonly graph: string;
  readonly file: string;
  readonly data: string;
  readonly format: GraphFileFormat | undefined;
  readonly maxBytes: number;
}

export interface ExportTask {
  readonly kind: 'export';
  readonly graph: string;
  readonly file: string;
  readonly data: string;
  readonly format: 'graphson' | 'graphml' | undefined;
  /** A moment as queries have them; undefined: as it is. */
  readonly at: string | undefined;
  readonly maxBytes: number;
}

export type GraphFileFormat = 'graphson' | 'graphml' | 'jsonlines';

/** One run of a traversal: what its steps may ask of the world around them. */
import type { SocketView } from '../../../ends/socket-view.ts';
import type { FlowView } from '../../../flow/view.ts';
import type { Element } from '../../../graph/element.ts';
import type { GraphView, Span, Timeline } from '../../../graph/view.ts';
import type { Fault } from '../../../std/mistake.ts';
import type { Budget } from '../../limits.ts';
import type { GraphWriter, PropertyModel } from '../property-graph.ts';
import type { Service } from '../service.ts';
import type { GValue } from '../value/value.ts';
import type { SideEffects } from './side-effects.ts';

export interface Run {
  /** A new one after each computation over the whole graph, which knows what was computed. */
  model: PropertyModel;
  /** Of the moment asked about; a new one after each change that this run makes. */
  view: GraphView;
  readonly timeline: Timeline;
  /** The time asked about; not cut to what is kept of the graph, as the view is. */
  readonly time: Span | undefined;
  readonly flows: FlowView | undefined;
  readonly sockets: SocketView | undefined;
  /** Throws a Mistake where this source, this moment or this user may not write. */
  writer(): GraphWriter;
  /** True once something was written: elements held by then may be out of date. */
  readonly hasWritten: boolean;
  /** The element as it is now; itself when it has gone. */
  fresh<E extends Element>(element: E): E;
  readonly services: readonly Service[];
  readonly files: GraphFiles | undefined;
  readonly sideEffects: SideEffects;
  readonly budget: Budget;
  readonly nowMs: number;
  /** [0, 1), of a seed when one was given. */
  random(): number;
  /** The next breath (a yielded `undefined`) lasts until this is done. */
  wait(promise: Promise<unknown>): void;
  /** Whether `by` of something that is not there gives null in place of nothing (ProductiveByStrategy). */
  readonly isProductive: (key: string) => boolean;
  warn(fault: Fault): void;
  /** Flows of this time were asked for: what was lost of them belongs to the answer. */
  noteFlows(): void;
}

/** Files that `io()` may name: those of one directory, given at start. */
export interface GraphFiles {
  /** Both throw a Mistake for a name outside of it and for what is no graph. The format: 'graphson' or 'graphml'. */
  read(name: string, format: string | undefined, writer: GraphWriter): Promise<void>;
  write(name: string, format: string | undefined, view: GraphView, model: PropertyModel): Promise<void>;
}

export type { GValue };

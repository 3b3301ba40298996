/** What a name such as `g` stands for: a graph, how it looks, and what may be done with it. */
import type { SocketView } from '../../ends/socket-view.ts';
import type { FlowView } from '../../flow/view.ts';
import type { Timeline } from '../../graph/view.ts';
import type { GraphWriter, PropertyModel } from './property-graph.ts';
import type { GraphFiles } from './run/run.ts';
import type { Service } from './service.ts';

export interface TraversalSource {
  readonly name: string;
  readonly model: PropertyModel;
  readonly timeline: Timeline;
  /** Where something captures. */
  readonly flows?: FlowView | undefined;
  /** Where somebody looks at sockets. */
  readonly sockets?: SocketView | undefined;
  /** Undefined where nobody may write. Throws a Mistake where this user may not. */
  readonly writer?: (() => GraphWriter) | undefined;
  readonly services: readonly Service[];
  readonly files?: GraphFiles | undefined;
}

/** What one client is shown of the graph: all of it or what its filter finds, and from then on what changes. */
import { syncRequestShape } from '../../contract/message.ts';
import type { Commit } from '../../graph/change.ts';
import type { GraphView, Timeline } from '../../graph/view.ts';
import type { Counts } from '../counts.ts';
import { issuesText } from '../issues-text.ts';
import type { ApiLimits } from '../limits.ts';
import type { ApiGraph } from '../parts.ts';
import type { Queries } from '../queries.ts';
import { messageText, syncPieces } from './envelope.ts';
import type { Hello } from './hello.ts';
import { LogSource } from './log-source.ts';
import type { Outbox, Pieces } from './outbox.ts';
import { StandingQuery } from './standing.ts';

export interface GraphFeedParts {
  readonly graph: ApiGraph;
  readonly timeline: Timeline;
  readonly queries: Queries;
  readonly limits: ApiLimits;
  readonly counts: Counts;
}

/** The client that is fed. */
export interface Fed {
  readonly hello: Hello;
  /** It is told of changes; one that only publishes is told what it asks for. */
  readonly hearsEvents: boolean;
  readonly outbox: Outbox;
  readonly isOpen: () => boolean;
  /** One message cannot be obeyed. */
  readonly refuse: (uuid: string, text: string) => void;
  /** The client cannot be served. */
  readonly cut: (why: string) => void;
  /** What is told of an error. */
  readonly textOf: (error: unknown) => string;
}

export class GraphFeed {
  readonly #parts: GraphFeedParts;
  readonly #client: Fed;
  #events: LogSource | undefined;
  #standing: StandingQuery | undefined;

  constructor(parts: GraphFeedParts, client: Fed) {
    this.#parts = parts;
    this.#client = client;
  }

  /** Resumes where it left off, or begins with what comes next. */
  begin(): void {
    const { hello } = this.#client;
    if (hello.filter !== '') {
      this.#filterAtStart();
      return;
    }
    this.#follow();
    if (hello.resume !== undefined) this.#resume('', hello.resume);
  }

  /** The graph has changed. */
  changed(commit: Commit): void {
    if (this.#standing) this.#standing.changed(commit);
    else if (this.#events) this.#client.outbox.wake();
  }

  /** Changes that were not sent yet; undefined where they are not counted. */
  get behind(): number | undefined {
    return this.#events?.behind;
  }

  /** A SyncRequest: what it asks for, as it came. */
  sync(uuid: string, obj: unknown): void {
    const asked = syncRequestShape.safeParse(obj ?? {});
    if (!asked.success) {
      this.#syncFailed(uuid, issuesText(asked.error));
      return;
    }
    const { Time, GremlinFilter, Revision } = asked.data;
    if (typeof Time === 'number') this.#syncThen(uuid, Time, GremlinFilter ?? this.#standing?.text ?? '');
    else if (GremlinFilter) this.#refilter(uuid, GremlinFilter.trim());
    else if (GremlinFilter === '' && this.#standing) this.#unfilter(uuid);
    else if (typeof Revision === 'number') this.#resume(uuid, Revision);
    else this.#sync(uuid, undefined);
  }

  end(): void {
    this.#standing?.end();
  }

  /** All changes from now on. */
  #follow(): void {
    const { graph } = this.#parts;
    this.#events = new LogSource(graph, this.#client.hello.isPartial, graph.revision);
    this.#client.outbox.source = this.#events;
  }

  /** The state of now; what comes after it are the events after it. */
  #sync(uuid: string, resumed: boolean | undefined): void {
    const { graph } = this.#parts;
    const standing = this.#standing;
    if (standing) {
      this.#client.outbox.reply(() =>
        this.#shown(uuid, standing, resumed).catch((error) => failedPieces(uuid, this.#client.textOf(error))),
      );
      return;
    }
    this.#client.outbox.reply(() => {
      const view = graph.now();
      const logRevision = graph.revision;
      this.#events?.skipTo(logRevision);
      return wholePieces(uuid, view, { logRevision, resumed });
    });
  }

  #syncThen(uuid: string, time: number, filter: string): void {
    const { timeline, queries, graph } = this.#parts;
    this.#client.outbox.reply(async () => {
      try {
        const logRevision = graph.revision;
        if (filter === '') return wholePieces(uuid, await timeline.at(time), { logRevision, resumed: undefined });
        const answer = await queries.run(queries.prepare(filter), { timeline: await queries.timelineAt(time) });
        if (answer.kind !== 'graph' && answer.kind !== 'nodes') return failedPieces(uuid, noGraph(filter));
        const { nodes, view } = answer;
        const edges = answer.kind === 'graph' ? answer.edges : [];
        return {
          pieces: syncPieces(uuid, { nodes, edges, view }, { logRevision, resumed: undefined }),
          freeze: () => view.freeze(),
        };
      } catch (error) {
        return failedPieces(uuid, this.#client.textOf(error));
      }
    });
  }

  #resume(uuid: string, revision: number): void {
    const { graph } = this.#parts;
    // What a filter showed then is not known any more.
    const isKept =
      !this.#standing && this.#events && revision <= graph.revision && graph.since(revision, 1) !== undefined;
    if (!isKept) {
      this.#sync(uuid, false);
      return;
    }
    this.#client.outbox.reply(() => {
      this.#events?.skipTo(revision);
      const obj = { Nodes: null, Edges: null, LogRevision: revision, Resumed: true };
      return { pieces: [messageText('SyncReply', uuid, 200, JSON.stringify(obj))], freeze: () => {} };
    });
  }

  #refilter(uuid: string, filter: string): void {
    const before = this.#standing;
    this.#client.outbox.reply(async () => {
      try {
        const standing = this.#standingQuery(filter);
        const pieces = await this.#shown(uuid, standing, undefined);
        before?.end();
        this.#use(standing);
        return pieces;
      } catch (error) {
        return failedPieces(uuid, this.#client.textOf(error));
      }
    });
  }

  #unfilter(uuid: string): void {
    this.#standing?.end();
    this.#standing = undefined;
    if (this.#client.hearsEvents) this.#follow();
    else this.#client.outbox.source = undefined;
    this.#sync(uuid, undefined);
  }

  #filterAtStart(): void {
    try {
      const standing = this.#standingQuery(this.#client.hello.filter);
      // At once: whoever asks for a sync before the first answer must not get what the filter keeps out.
      this.#standing = standing;
      // Events before the first answer would have nothing to be a difference to.
      standing.start().then(
        () => {
          this.#use(standing);
          if (this.#client.hello.resume !== undefined) this.#sync('', false);
        },
        (error) => this.#client.cut(this.#client.textOf(error)),
      );
    } catch (error) {
      this.#client.cut(this.#client.textOf(error));
    }
  }

  #standingQuery(filter: string): StandingQuery {
    return new StandingQuery(filter, this.#parts, {
      isPartial: this.#client.hello.isPartial,
      wake: () => this.#client.outbox.wake(),
      failed: (error) => this.#client.refuse('', this.#client.textOf(error)),
    });
  }

  #use(standing: StandingQuery): void {
    if (!this.#client.isOpen()) {
      standing.end();
      return;
    }
    this.#standing = standing;
    this.#events = undefined;
    if (this.#client.hearsEvents) this.#client.outbox.source = standing;
  }

  async #shown(uuid: string, standing: StandingQuery, resumed: boolean | undefined): Promise<Pieces> {
    const { nodes, edges, view, logRevision } = await standing.start();
    const shown = { nodes: nodes.values(), edges: edges.values(), view };
    return { pieces: syncPieces(uuid, shown, { logRevision, resumed }), freeze: () => view.freeze() };
  }

  #syncFailed(uuid: string, text: string): void {
    this.#parts.counts.messagesRefused++;
    this.#client.outbox.reply(messageText('SyncReply', uuid, 400, JSON.stringify(text)));
  }
}

function wholePieces(
  uuid: string,
  view: GraphView,
  how: { logRevision: number; resumed: boolean | undefined },
): Pieces {
  return {
    pieces: syncPieces(uuid, { nodes: view.nodes(), edges: view.edges(), view }, how),
    freeze: () => view.freeze(),
  };
}

function failedPieces(uuid: string, text: string): Pieces {
  return { pieces: [messageText('SyncReply', uuid, 400, JSON.stringify(text))], freeze: () => {} };
}

function noGraph(filter: string): string {
  return `Gremlin query '${filter}' did not return a graph: end it with .SubGraph()`;
}

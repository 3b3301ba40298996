/** From a request to results: which graph, which traversal, and how it is run. */
import { randomUUID } from 'node:crypto';
import { Bytecode } from '../../query/gremlin/bytecode.ts';
import type { Compiled } from '../../query/gremlin/compile/compile.ts';
import type { GremlinEngine, Prepared } from '../../query/gremlin/engine.ts';
import { bytecodeText } from '../../query/gremlin/explain/text.ts';
import type { Fresh } from '../../query/gremlin/parse/parser.ts';
import { Execution } from '../../query/gremlin/run/execution.ts';
import type { GraphFiles } from '../../query/gremlin/run/run.ts';
import type { TraversalSource } from '../../query/gremlin/source.ts';
import { DateTime, Uuid } from '../../query/gremlin/value/value.ts';
import { mistake } from '../../std/mistake.ts';
import { guarded, guardFor } from '../guard.ts';
import { turn } from '../write.ts';
import { type Asked, withSettings } from './asked.ts';
import { BadRequest, status } from './failure.ts';
import type { GremlinLimits } from './limits.ts';
import type { GremlinParts, GremlinUser } from './parts.ts';
import { HeldResults, type Results, TraversalResults } from './results.ts';
import { terminated } from './terminal.ts';
import { type WireElements, wireElements } from './wire-elements.ts';

export interface Evaluated {
  readonly results: Results;
  readonly batchSize: number;
  /** How to tell the elements among the results: asked when a batch is written, since a run may change what it sees. */
  readonly elements: () => WireElements;
}

export class Evaluator {
  readonly #engine: GremlinEngine;
  readonly #parts: GremlinParts;
  readonly #limits: GremlinLimits;
  /** What `datetime()` and `UUID()` are without an argument. */
  readonly #fresh: Fresh;

  constructor(engine: GremlinEngine, parts: GremlinParts, limits: GremlinLimits) {
    this.#engine = engine;
    this.#fresh = {
      now: () => {
        const ms = parts.clock.now();
        return new DateTime(Math.floor(ms / 1000), (ms % 1000) * 1_000_000);
      },
      uuid: () => new Uuid(randomUUID()),
    };
    this.#parts = parts;
    this.#limits = limits;
  }

  /** In the same call when nothing has to be waited for. Throws (or rejects with) a Mistake or BadRequest. */
  evaluate(asked: Asked, user: GremlinUser, signal: AbortSignal): Evaluated | Promise<Evaluated> {
    const { gremlin } = asked;
    const sources = this.#sources(user);
    if (gremlin instanceof Bytecode) {
      const source = sourceOf(asked.aliases.get('g') ?? 'g', sources);
      return this.#run(this.#engine.prepareBytecode(gremlin), source, asked, signal);
    }
    if (/^\s*G\s*(\.|$)/.test(gremlin)) return this.#skydive(gremlin, asked, signal, { sources, user });
    const prepared = this.#engine.prepareText(gremlin, asked.bindings, this.#fresh);
    const sourceFor = ({ source }: Prepared) => sourceOf(asked.aliases.get(source) ?? source, sources);
    const [only] = prepared;
    if (prepared.length === 1 && only !== undefined) return this.#statement(only, sourceFor(only), asked, signal);
    return this.#several(prepared, sourceFor, asked, signal);
  }

  /** As this user may use them. */
  #sources(user: GremlinUser): ReadonlyMap<string, TraversalSource> {
    const { sources, audit } = this.#parts;
    const all = user.readsOnly ? readOnly(sources(user)) : sources(user);
    const { identity } = user;
    if (identity === undefined) return all;
    const guard = guardFor(identity, audit);
    return new Map(Array.from(all, ([name, source]) => [name, guarded(source, guard)]));
  }

  #statement(
    prepared: Prepared,
    source: TraversalSource,
    asked: Asked,
    signal: AbortSignal,
  ): Evaluated | Promise<Evaluated> {
    if (prepared.isText) {
      const results = new HeldResults([bytecodeText(prepared.compiled.bytecode, prepared.source)]);
      return { results, batchSize: asked.batchSize, elements: () => elementsOf(source, asked) };
    }
    const evaluated = this.#run(prepared.compiled, source, asked, signal);
    if (prepared.terminal === undefined) return evaluated;
    const results = terminated(prepared, evaluated.results);
    return results instanceof Promise
      ? results.then((known) => ({ ...evaluated, results: known }))
      : { ...evaluated, results };
  }

  /** The last one answers; the others are run to their end before it. */
  async #several(
    all: readonly Prepared[],
    sourceFor: (prepared: Prepared) => TraversalSource,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<Evaluated> {
    for (const prepared of all.slice(0, -1)) {
      const { results } = await this.#statement(prepared, sourceFor(prepared), asked, signal);
      while (!(await results.next(this.#limits.batchSizeMax)).isLast);
    }
    const last = all.at(-1);
    if (last !== undefined) return this.#statement(last, sourceFor(last), asked, signal);
    const nothing = { results: new HeldResults([]), batchSize: asked.batchSize };
    return { ...nothing, elements: () => elementsOf(sourceOf('g', this.#parts.sources({ name: '' })), asked) };
  }

  async #skydive(
    text: string,
    asked: Asked,
    signal: AbortSignal,
    { sources, user }: { readonly sources: ReadonlyMap<string, TraversalSource>; readonly user: GremlinUser },
  ): Promise<Evaluated> {
    const { askSkydive } = this.#parts;
    if (askSkydive === undefined)
      throw new BadRequest(
        status.scriptError,
        'a query that starts with G asks a network; the graphs here are asked with g',
      );
    const source = sourceOf('g', sources);
    const results = new HeldResults(await askSkydive(text, signal, user));
    return { results, batchSize: asked.batchSize, elements: () => elementsOf(source, asked) };
  }

  #run(compiled: Compiled, source: TraversalSource, request: Asked, signal: AbortSignal): Evaluated {
    const { clock, random, traversalLimits } = this.#parts;
    const asked = withSettings(request, compiled.options.settings, this.#limits);
    const execution = new Execution(compiled, source, {
      nowMs: clock.now(),
      elapsed: () => clock.elapsed(),
      turn,
      random,
      signal,
      limits: { ...traversalLimits, timeMs: asked.timeMs },
    });
    return {
      results: new TraversalResults(execution, asked.hasBulks),
      batchSize: asked.batchSize,
      elements: () => wireElements(execution.model, execution.view, asked.materialize),
    };
  }
}

function elementsOf({ model, timeline }: TraversalSource, { materialize }: Asked): WireElements {
  return wireElements(model, timeline.now(), materialize);
}

/** The same, to look at alone. */
function readOnly(sources: ReadonlyMap<string, TraversalSource>): ReadonlyMap<string, TraversalSource> {
  return new Map(
    Array.from(sources, ([name, source]) => [
      name,
      { ...source, writer: refuseWriting, files: source.files && noFiles },
    ]),
  );
}

const noFiles: GraphFiles = { read: async () => refuseWriting(), write: async () => refuseWriting() };

function refuseWriting(): never {
  throw mistake(
    'gremlin.read-only',
    'a GET request changes nothing',
    'send the traversal with POST, or by a WebSocket',
  );
}

function sourceOf(name: string, sources: ReadonlyMap<string, TraversalSource>): TraversalSource {
  const source = sources.get(name);
  if (source !== undefined) return source;
  const known = [...sources.keys()].slice(0, 10).join(', ');
  throw new BadRequest(
    status.invalidArguments,
    `there is no traversal source named ${name.slice(0, 100)}; there is ${known}`,
  );
}

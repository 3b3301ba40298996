import type { GraphNode } from '../../../graph/element.ts';
import { Mistake, mistake } from '../../../std/mistake.ts';
import { given } from '../arguments/given.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import { mapping } from '../forms/waiting.ts';
import { scopeValue } from '../read/scope.ts';
import type { Run } from '../run/run.ts';
import type { Traverser } from '../run/traverser.ts';
import { defineTraversalStep, NOTHING } from '../step.ts';
import type { GValue } from '../value/value.ts';
import { NewElementWords } from '../write/new-element.ts';
import { vertexOf } from '../write/vertex-of.ts';

export const addE = defineTraversalStep({
  name: 'addE',
  doc: 'A new edge, from and to what comes where nothing else is said.',
  args: 'label',
  count: [1, 1],
  place: ['start', 'step'],
  modulators: ['from', 'to', 'property', 'with'],
  tracking: 'named',
  writes: true,
  example: {
    query: "g.V(1).as('a').V(6).addE('knows').from('a').property('weight', 0.5).inV().values('name')",
    gives: ['peter'],
  },
  build(call, builder) {
    const label = given(call.args[0], call, builder);
    const from = endOf('from', call, builder);
    const to = endOf('to', call, builder);
    const words = new NewElementWords(call, builder, () => true);
    for (const { cardinality, key, meta } of words.first) {
      if (cardinality === 'list' || cardinality === 'set')
        builder.wrong(
          call,
          `Multi-property cardinality of [${cardinality}] can only be set for a Vertex but is being used for addE() with key: ${key.constant}`,
        );
      if (meta.length > 0) builder.wrong(call, 'properties of an edge have no properties of their own');
    }
    const keys = words.first.map(({ key }) => key.constant).filter((key) => typeof key === 'string');
    if (new Set(keys).size < keys.length) builder.wrong(call, 'Multi-properties are not supported by this step');
    const isDirect = label.isDirect && from.isDirect && to.isDirect && words.isDirect;
    return mapping({ isDirect, mark: builder.mark }, function* (traverser, run) {
      const named = (yield* label.ask(traverser, run)) as string;
      const { id, properties, label: said } = yield* words.ask(traverser, run);
      const target = yield* to.vertex(named, traverser, run);
      const source = yield* from.vertex(named, traverser, run);
      return run.writer().addEdge((said ?? named) as string, source, target, id, properties);
    });
  },
});

interface End {
  readonly isDirect: boolean;
  vertex(label: string, traverser: Traverser, run: Run): Generator<undefined, GraphNode>;
}

/** Of several the last holds. */
function endOf(which: 'from' | 'to', call: StepCall, builder: Builder): End {
  const modulation = call.modulations.findLast(({ name }) => name === which);
  const { isDirect, ask } = whatOf(modulation, builder);
  return {
    isDirect,
    *vertex(label, traverser, run) {
      let value: GValue;
      try {
        value = yield* ask(traverser, run);
      } catch (error) {
        if (!(error instanceof Mistake) || error.faults[0]?.code !== 'gremlin.no-value') throw error;
        throw mistake(
          'gremlin.no-vertex',
          `addE(${label}) failed because the ${which}() traversal (which should give a Vertex) failed with: ${error.message}`,
        );
      }
      const vertex = vertexOf(value, run);
      if (vertex !== undefined) return vertex;
      const what =
        value === null
          ? 'present in the graph, but null was specified instead'
          : 'present in the graph. The provided value does not match any vertices in the graph';
      throw mistake(
        'gremlin.no-vertex',
        `The value given to addE(${label}).${which}() must resolve to a Vertex or the ID of a Vertex ${what}`,
      );
    },
  };
}

interface What {
  readonly isDirect: boolean;
  ask(traverser: Traverser, run: Run): Generator<undefined, GValue>;
}

function whatOf(modulation: Modulation | undefined, builder: Builder): What {
  // biome-ignore lint/correctness/useYield: it never has to wait.
  const itself = function* ({ value }: Traverser) {
    return value;
  };
  if (modulation === undefined) return { isDirect: true, ask: itself };
  const [what] = modulation.args;
  if (typeof what !== 'string') {
    const asked = given(what, modulation, builder);
    return { isDirect: asked.isDirect, ask: (traverser, run) => asked.ask(traverser, run) };
  }
  return {
    isDirect: true,
    // biome-ignore lint/correctness/useYield: it never has to wait.
    *ask(traverser, run) {
      const value = scopeValue(traverser, what, 'last', run);
      if (value === NOTHING) throw mistake('gremlin.no-value', `nothing here is named '${what}'`);
      return value;
    },
  };
}

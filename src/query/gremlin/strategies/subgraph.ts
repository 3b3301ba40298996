import type { Faults } from '../../faults.ts';
import { type Argument, Bytecode, type Instruction, type Strategy } from '../bytecode.ts';
import { placeOf } from '../compile/calls.ts';
import { Predicate } from '../value/predicate.ts';
import { Token, tokens } from '../value/token.ts';
import { anonymous, endOfModulators, everywhere, said } from './everywhere.ts';
import { defineStrategy, NOWHERE } from './strategy.ts';

export const subgraph = defineStrategy({
  name: 'SubgraphStrategy',
  doc: 'Sees only the vertices, edges and properties of vertices that some traversals let pass.',
  settings: ['vertices', 'edges', 'vertexProperties', 'checkAdjacentVertices'],
  rewrite(bytecode, strategy, faults) {
    const criteria = criteriaOf(strategy, faults);
    return everywhere(bytecode, (steps) => {
      if (criteria.properties !== undefined) refuseMaps(steps, faults);
      return steps.flatMap((step, at) => within(step, at, steps, criteria));
    });
  },
});

interface Criteria {
  readonly vertices: Bytecode | undefined;
  readonly edges: Bytecode | undefined;
  readonly properties: Bytecode | undefined;
}

function criteriaOf(strategy: Strategy, faults: Faults): Criteria {
  const vertices = criterion('vertices', strategy, faults);
  const edges = criterion('edges', strategy, faults);
  const properties = criterion('vertexProperties', strategy, faults);
  if (vertices === undefined || strategy.configuration.get('checkAdjacentVertices') === false)
    return { vertices, edges, properties };
  // An edge is there when both of its ends are.
  const at = vertices.steps[0] ?? { name: 'identity', args: [] };
  const end = (name: string) => anonymous(said(at, name), said(at, 'filter', vertices));
  const ends = said(at, 'and', end('inV'), end('outV'));
  return { vertices, properties, edges: anonymous(...(edges === undefined ? [] : [said(at, 'filter', edges)]), ends) };
}

function criterion(name: string, { configuration }: Strategy, faults: Faults): Bytecode | undefined {
  const value = configuration.get(name);
  if (value === undefined || value === null) return undefined;
  if (value instanceof Bytecode) return value;
  faults.add('gremlin.strategy', `SubgraphStrategy takes a traversal as ${name}`, NOWHERE);
  return undefined;
}

const TO_VERTICES: ReadonlySet<string> = new Set(['V', 'inV', 'outV', 'bothV', 'otherV', 'toV']);
const TO_EDGES: ReadonlySet<string> = new Set(['E', 'outE', 'inE', 'bothE', 'toE']);

/** By the direction of a step to vertices: the steps to its edges, and from them. */
const ALONG = {
  out: { edges: 'outE', vertices: 'inV' },
  in: { edges: 'inE', vertices: 'outV' },
  both: { edges: 'bothE', vertices: 'otherV' },
} as const;

function within(
  step: Instruction,
  at: number,
  steps: readonly Instruction[],
  criteria: Criteria,
): readonly Instruction[] {
  const { vertices, edges, properties } = criteria;
  const kept = (by: Bytecode | undefined) => (by === undefined ? [] : [said(step, 'filter', by)]);
  const added = addedBefore(steps, at);
  if (added !== undefined) return [step, ...kept(added === 'addV' ? vertices : edges)];
  const { name, args } = step;
  if (isAdded(name)) return endsHere(steps, at) ? [step, ...kept(name === 'addV' ? vertices : edges)] : [step];
  if (TO_VERTICES.has(name)) return [step, ...kept(vertices)];
  if (TO_EDGES.has(name)) return [step, ...kept(edges)];
  const along = wayOf(step);
  if (along !== undefined) {
    if (edges === undefined) return [step, ...kept(vertices)];
    const labels = name === 'to' ? args.slice(1) : args;
    const way = ALONG[along];
    return [said(step, way.edges, ...labels), ...kept(edges), said(step, way.vertices), ...kept(vertices)];
  }
  if (properties === undefined) return [step];
  if (name === 'properties') return [step, said(step, 'filter', seen(step, properties))];
  if (MAPS.has(name)) return mapped(step, properties);
  if (name === 'values') return readBy(step, args, properties);
  if (name === 'by' && typeof args[0] === 'string')
    return [
      said(step, 'by', anonymous(...readBy(step, [args[0]], properties), ...folded(steps, at)), ...args.slice(1)),
    ];
  return [step];
}

function isAdded(name: string): name is 'addV' | 'addE' {
  return name === 'addV' || name === 'addE';
}

const ADDED = ['property', 'from', 'to', 'with'];

function endsHere(steps: readonly Instruction[], at: number): boolean {
  return endOfModulators(steps, at, ADDED) === at + 1;
}

/** That this is the last modulator of a step that adds. */
function addedBefore(steps: readonly Instruction[], at: number): 'addV' | 'addE' | undefined {
  if (!ADDED.includes(steps[at]?.name ?? '') || ADDED.includes(steps[at + 1]?.name ?? '')) return undefined;
  let start = at;
  while (ADDED.includes(steps[start]?.name ?? '')) start--;
  const name = steps[start]?.name ?? '';
  return isAdded(name) ? name : undefined;
}

function wayOf({ name, args }: Instruction): keyof typeof ALONG | undefined {
  if (name === 'out' || name === 'in' || name === 'both') return name;
  const [direction] = args;
  if (name !== 'to' || !(direction instanceof Token) || direction.type !== 'Direction') return undefined;
  return direction.name.toLowerCase() as keyof typeof ALONG;
}

/** Properties of edges and of properties are not asked. */
function seen(step: Instruction, properties: Bytecode): Bytecode {
  const isVertexProperty = new Predicate('typeOf', [tokens.GType.VPROPERTY]);
  return anonymous(
    said(
      step,
      'or',
      anonymous(said(step, 'not', anonymous(said(step, 'is', isVertexProperty)))),
      anonymous(said(step, 'filter', properties)),
    ),
  );
}

function readBy(step: Instruction, keys: readonly Argument[], properties: Bytecode): Instruction[] {
  return [said(step, 'properties', ...keys), said(step, 'filter', seen(step, properties)), said(step, 'value')];
}

/** The second `by` of a group makes a list of what it reads. */
function folded(steps: readonly Instruction[], at: number): Instruction[] {
  const isOfValues = steps[at - 1]?.name === 'by' && steps[at - 2]?.name === 'group';
  return isOfValues ? [said(steps[at] as Instruction, 'fold')] : [];
}

/** Steps that read a map of properties, and what of a property they read. */
const MAPS: ReadonlyMap<string, readonly Token[]> = new Map([
  ['valueMap', [tokens.T.value]],
  ['propertyMap', []],
]);

/** Of a vertex a map of those properties that are seen; of anything else what it always is. */
function mapped(step: Instruction, properties: Bytecode): Instruction[] {
  const isVertex = anonymous(said(step, 'is', new Predicate('typeOf', [tokens.GType.VERTEX])));
  const seenOnes = anonymous(
    said(step, 'properties', ...step.args),
    said(step, 'filter', seen(step, properties)),
    said(step, 'group'),
    said(step, 'by', tokens.T.key),
    said(step, 'by', ...(MAPS.get(step.name) ?? [])),
  );
  return [said(step, 'choose', isVertex, anonymous(said(step, 'local', seenOnes)), anonymous(step))];
}

/** Rather than show what is not to be seen. */
function refuseMaps(steps: readonly Instruction[], faults: Faults): void {
  steps.forEach((step, at) => {
    const next = steps[at + 1]?.name;
    const isMore = MAPS.has(step.name) && (next === 'by' || next === 'with' || step.args[0] === true);
    if (!isMore && step.name !== 'elementMap') return;
    const what = isMore ? `${step.name} with more said of it` : step.name;
    const message = `SubgraphStrategy with vertexProperties and ${what} do not go together`;
    faults.add('gremlin.strategy', message, placeOf(step), 'valueMap(…), values(…) or properties(…) alone');
  });
}

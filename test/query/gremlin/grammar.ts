/**
 * The names of TinkerPop 3.8's grammar (Gremlin.g4 of gremlin-language, and the reference of 3.8 for what is new in it),
 * written down so that what is missing here is missing loudly.
 */

/** `g.V()`: what begins a traversal. */
export const spawns = words('addE addV E V mergeE mergeV inject io call union');

/** `g.withPath()`: what is said of a source. */
export const sourceSettings = {
  with: "g.with('x').V()",
  withBulk: 'g.withBulk(false).V()',
  withPath: 'g.withPath().V()',
  withSack: 'g.withSack(1).V()',
  withSideEffect: "g.withSideEffect('a', 1).V()",
  withStrategies: 'g.withStrategies(ReadOnlyStrategy).V()',
  withoutStrategies: 'g.withoutStrategies(ReadOnlyStrategy).V()',
} as const;

/** `.out()`: steps, and what modulates them. */
export const methods = words(`
  V E addE addV mergeE mergeV aggregate all and any as barrier both bothE bothV branch by cap choose coalesce coin conjoin
  connectedComponent constant count cyclicPath dedup difference discard disjunct drop element elementMap emit fail filter
  flatMap fold format from group groupCount has hasId hasKey hasLabel hasNot hasValue id identity in inE intersect inV
  index inject is key label length limit local loops lTrim map match math max mean merge min none not option optional or
  order otherV out outE outV pageRank path peerPressure product profile project properties property propertyMap range read
  repeat replace reverse rTrim sack sample select shortestPath sideEffect simplePath skip split subgraph substring sum tail
  timeLimit times to toE toLower toUpper toV tree trim unfold union until value valueMap values where with write
  asBool asDate asNumber asString call combine concat dateAdd dateDiff`);

/** Those that stand behind a step and say more about it. */
export const modulators = {
  as: "g.V().as('a').select('a')",
  by: "g.V().order().by('name')",
  emit: 'g.V().repeat(out()).emit().times(2)',
  from: "g.V().as('a').out().addE('x').from('a')",
  option: 'g.V().choose(label()).option(none, out())',
  read: "g.io('a').read()",
  times: 'g.V().repeat(out()).times(2)',
  to: "g.V().as('a').out().addE('x').to('a')",
  until: 'g.V().repeat(out()).until(outE().count().is(0))',
  with: 'g.V().valueMap().with(WithOptions.tokens)',
  write: "g.io('a').write()",
} as const;

/** Predicates, each with one that makes sense. */
export const predicates = {
  eq: 'eq(1)',
  neq: 'neq(1)',
  lt: 'lt(1)',
  lte: 'lte(1)',
  gt: 'gt(1)',
  gte: 'gte(1)',
  inside: 'inside(1, 3)',
  outside: 'outside(1, 3)',
  between: 'between(1, 3)',
  within: 'within(1, 3)',
  without: 'without(1, 3)',
  not: 'P.not(eq(1))',
  typeOf: 'typeOf(GType.INT)',
  startingWith: "startingWith('a')",
  notStartingWith: "notStartingWith('a')",
  endingWith: "endingWith('a')",
  notEndingWith: "notEndingWith('a')",
  containing: "containing('a')",
  notContaining: "notContaining('a')",
  regex: "regex('a')",
  notRegex: "notRegex('a')",
} as const;

/** Strategies that a query may name; those with settings are written with them. */
export const strategies = words(`
  AdjacentToIncidentStrategy ByModulatorOptimizationStrategy ComputerFinalizationStrategy ComputerVerificationStrategy
  ConnectiveStrategy CountStrategy EarlyLimitStrategy EdgeLabelVerificationStrategy ElementIdStrategy FilterRankingStrategy
  GraphFilterStrategy HaltedTraverserStrategy IdentityRemovalStrategy IncidentToAdjacentStrategy InlineFilterStrategy
  LambdaRestrictionStrategy LazyBarrierStrategy MatchAlgorithmStrategy MatchPredicateStrategy
  MessagePassingReductionStrategy OptionsStrategy OrderLimitStrategy PartitionStrategy PathProcessorStrategy
  PathRetractionStrategy ProductiveByStrategy ProfileStrategy ReadOnlyStrategy ReferenceElementStrategy
  RepeatUnrollStrategy ReservedKeysVerificationStrategy SeedStrategy StandardVerificationStrategy SubgraphStrategy
  VertexProgramRestrictionStrategy VertexProgramStrategy`);

/** Strategies that make no sense without their settings. */
export const settingsOf: Readonly<Record<string, string>> = {
  PartitionStrategy: "(partitionKey: 'p', writePartition: 'a', readPartitions: {'a'})",
  SeedStrategy: '(seed: 1)',
  SubgraphStrategy: "(vertices: hasLabel('person'))",
};

/** What ends a text. */
export const terminals = words('explain hasNext iterate next toBulkSet toList toSet tryNext');

/** Words that stand for themselves, by their type. */
export const tokens = {
  Barrier: words('normSack'),
  Cardinality: words('single list set'),
  Column: words('keys values'),
  DT: words('second minute hour day'),
  Direction: words('OUT IN BOTH from to'),
  GType: words(`
    BIGDECIMAL BIGINT BINARY BOOLEAN BYTE CHAR DATETIME DOUBLE DURATION EDGE FLOAT GRAPH INT LIST LONG MAP NULL NUMBER PATH
    PROPERTY SET SHORT STRING TREE UUID VERTEX VPROPERTY`),
  Merge: words('onCreate onMatch outV inV'),
  Operator: words('sum minus mult div min max assign and or addAll sumLong'),
  Order: words('asc desc shuffle'),
  Pick: words('any none unproductive'),
  Pop: words('first last all mixed'),
  Scope: words('local global'),
  T: words('id label key value'),
} as const;

/** What is in the grammar and not here, and why. */
export const missing: Readonly<Record<string, string>> = {};

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

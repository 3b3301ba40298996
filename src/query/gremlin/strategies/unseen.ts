/**
 * Strategies that change nothing that can be seen: those that only make it quicker elsewhere (here the plan does that
 * itself), those that guard what is not there (lambdas, computers), and those that are done in another place.
 */
export const unseenNames: readonly string[] = [
  // Read with the source: compile/options.ts.
  'OptionsStrategy',
  'RequirementsStrategy',
  'SackStrategy',
  'SideEffectStrategy',
  // Infix and(), or(): compile/infix.ts.
  'ConnectiveStrategy',
  'ConjunctionStrategy',
  // What comes out is never attached to the graph.
  'DetachStrategy',
  'HaltedTraverserStrategy',
  'ReferenceElementStrategy',
  'EventStrategy',
  'RemoteStrategy',
  'GValueReductionStrategy',
  'ProfileStrategy',
  'MatchAlgorithmStrategy',
  // Code is never run.
  'LambdaRestrictionStrategy',
  // There is no computer, and what elsewhere needs one does not.
  'ComputerFinalizationStrategy',
  'ComputerVerificationStrategy',
  'GraphFilterStrategy',
  'MessagePassingReductionStrategy',
  'TraversalVertexProgramStrategy',
  'VertexProgramRestrictionStrategy',
  'VertexProgramStrategy',
  // Quicker elsewhere.
  'AdjacentToIncidentStrategy',
  'ByModulatorOptimizationStrategy',
  'CountStrategy',
  'EarlyLimitStrategy',
  'FilterRankingStrategy',
  'IdentityRemovalStrategy',
  'InlineFilterStrategy',
  'LazyBarrierStrategy',
  'MatchPredicateStrategy',
  'OrderLimitStrategy',
  'PathProcessorStrategy',
  'PathRetractionStrategy',
  'RepeatUnrollStrategy',
  'TinkerGraphCountStrategy',
  'TinkerGraphStepStrategy',
  'TinkerMergeEVStepStrategy',
];

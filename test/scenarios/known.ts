/** Scenarios that do not pass, by name, each with its reason. */
const known: ReadonlyMap<string, string> = new Map([
  [
    'g_V_shortestpath',
    'TinkerGraph gives these 24 paths only because PathRetractionStrategy forgets labels that its repeat needs; without that strategy it gives the same 30 as we do, among them those of three hops.',
  ],
]);

/** What is wrong with the failures: those that are not known, and known ones that pass. */
export function surprises(
  failures: readonly { readonly name: string; readonly why: string }[],
  all: readonly string[],
): string[] {
  const failed = new Set(failures.map(({ name }) => name));
  return [
    ...failures.filter(({ name }) => !known.has(name)).map(({ name, why }) => `${name}: ${why}`),
    ...all.filter((name) => known.has(name) && !failed.has(name)).map((name) => `${name} passes now`),
  ];
}

/** Scenarios that do not pass, by name, each with its reason. */
const known: readonly { readonly folder: string; readonly failure: string; readonly only?: 'literal' | 'bindings' }[] =
  [];

export function expectedToFail(folder: string, parameters: 'literal' | 'bindings'): string[] {
  return known
    .filter((each) => each.folder === folder && (each.only === undefined || each.only === parameters))
    .map(({ failure }) => failure);
}

export function expectedToFailInDriver(_mimeType: string): string[] {
  return [];
}

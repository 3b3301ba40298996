/** Names of batches: `<writer>-<n>`. One writer's batches come in order, so the last number is all to remember. */

export function batchId(writer: string, n: number): string {
  return `${writer}-${n}`;
}

/** A name that is not of this form is a writer with a single batch. */
export function readBatchId(id: string): { readonly writer: string; readonly n: number } {
  const [, writer, n] = /^(.*)-(\d{1,15})$/s.exec(id) ?? [];
  return writer === undefined ? { writer: id, n: 0 } : { writer, n: Number(n) };
}

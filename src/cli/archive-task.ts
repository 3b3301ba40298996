/** What `skein archive …` asks the process to do: it may not know archives itself. */
export type ArchiveTask =
  | { readonly kind: 'verify'; readonly archive: string }
  | {
      readonly kind: 'export';
      readonly archive: string;
      /** `-`: the standard output. */
      readonly file: string;
      /** Moments as queries have them. */
      readonly from: string | undefined;
      readonly to: string | undefined;
    }
  | { readonly kind: 'import'; readonly archive: string; readonly file: string };

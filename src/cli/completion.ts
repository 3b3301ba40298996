/** A word that the tab key may offer. */
export interface Completion {
  readonly text: string;
  readonly doc?: string | undefined;
}

export function matching(all: readonly Completion[], typed: string): Completion[] {
  return all.filter(({ text }) => text.startsWith(typed));
}

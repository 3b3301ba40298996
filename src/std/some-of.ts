/** `a, b and 3 more`: of a list the first `most`, and how many are left. */
export function someOf(all: readonly string[], most: number): string {
  const some = all.slice(0, most).join(', ');
  return all.length > most ? `${some} and ${all.length - most} more` : some;
}

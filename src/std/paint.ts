/** Words in the colors of what they mean, or in none. */
export interface Paint {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
}

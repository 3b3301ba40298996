/** One thing that `skein doctor` looked at. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** What would do; undefined when nothing has to be done. */
  readonly would?: string;
}

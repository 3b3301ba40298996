/** The mechanisms that exist. Adding one is a folder and a line here. */
import type { Mechanism } from './mechanism.ts';

export const mechanisms: readonly Mechanism[] = [];

/** The id of an edge that comes without one follows from its ends and its relation (Skydive makes it the same way). */
import { uuidV5 } from './uuid.ts';

export function edgeId(parent: string, child: string, relation: string): string {
  return uuidV5([parent, child, relation]);
}

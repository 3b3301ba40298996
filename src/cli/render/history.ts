/** The versions of an element one after the other, each with what it changed. */
import type { PastElement } from '../../contract/query.ts';
import type { Paint } from '../../std/paint.ts';
import { type Clockface, drawDuration, drawTime } from '../moment.ts';
import { type Names, titleOf } from './changes.ts';
import { drawKeyChange, keyChanges } from './key-changes.ts';

export interface HistoryDrawing {
  readonly clock: Clockface;
  readonly paint: Paint;
  readonly names: Names;
}

export function drawHistory(versions: readonly PastElement[], drawing: HistoryDrawing): string {
  const latest = new Map<string, PastElement>();
  return versions
    .map((version) => {
      const before = latest.get(version.ID);
      latest.set(version.ID, version);
      return drawVersion(version, before, drawing);
    })
    .join('');
}

function drawVersion(version: PastElement, before: PastElement | undefined, drawing: HistoryDrawing): string {
  const { clock, paint, names } = drawing;
  const isSameLife = before?.CreatedAt === version.CreatedAt;
  const head = `${drawTime(version.UpdatedAt, clock)}  revision ${version.Revision}`;
  const lines =
    before && isSameLife
      ? [
          `${head}${paint.dim(` after ${drawDuration(version.UpdatedAt - before.UpdatedAt)}`)}`,
          ...changed(before, version, paint),
        ]
      : [`${head}  ${isBirth(version) ? paint.added(`+ ${titleOf(version, names)}`) : titleOf(version, names)}`];
  if (version.DeletedAt !== null && version.ValidTo === version.DeletedAt) {
    lines.push(`${drawTime(version.DeletedAt, clock)}  ${paint.removed(`- ${titleOf(version, names)}`)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** The first that is shown need not be the first there was: earlier ones are outside of what was asked for, or kept. */
function isBirth({ CreatedAt, UpdatedAt }: PastElement): boolean {
  return CreatedAt === UpdatedAt;
}

function changed(before: PastElement, after: PastElement, paint: Paint): string[] {
  return keyChanges(before, after)
    .flatMap((change) => drawKeyChange(change, paint))
    .map((line) => `    ${line}`);
}

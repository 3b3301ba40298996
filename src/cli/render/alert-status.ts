/** What the status says of alerts. */
import type { AlertStatus } from '../../contract/status.ts';
import type { Paint } from '../../std/paint.ts';
import { cellText } from './grid.ts';

/** Title and text of the line; none while there are no alerts. */
export function alertLines(alerts: AlertStatus, paint: Paint): (readonly [string, string])[] {
  const { All = 0, Firing = 0, Pending = 0, Failing = 0, Waiting = 0, LateLooks = 0, Dropped = 0, Held } = alerts;
  if (All === 0) return [];
  const parts = [
    `${All}: ${Firing} firing`,
    Pending > 0 && `${Pending} pending`,
    Failing > 0 && paint.changed(`${Failing} cannot be looked at`),
    Waiting > 0 && `${Waiting} messages wait`,
    Dropped > 0 && `${Dropped} were dropped`,
    LateLooks > 0 && `${LateLooks} looks came late`,
    !alerts.IsMaster && Held === undefined && 'another analyzer looks and tells',
  ];
  const line = ['alerts', parts.filter((part) => part !== false).join(', ')] as const;
  return Held === undefined ? [line] : [line, ['', paint.removed(cellText(Held))]];
}

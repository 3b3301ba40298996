/** Routes that few ask for: what answers at them is loaded with the first request, so that a start does not pay for it. */
import { type Express, Router } from 'express';
import { Later } from '../std/later.ts';

/** What routes are made in: an application, or a part of one. */
export type Routes = Pick<Express, 'route'>;

/** `paths`, and all below them. */
export function laterRoutes(
  app: Express,
  paths: readonly string[],
  load: () => Promise<(routes: Routes) => void>,
): void {
  const router = new Later(async () => {
    const make = await load();
    // In its own case, as the application is: what a path needs is decided by its text.
    const its = Router({ caseSensitive: true });
    make(its);
    return its;
  });
  const each = paths.map((path) => `${path}{/*below}`);
  app.all(each, async (request, response, next) => {
    const its = await router.get();
    // Who has gone meanwhile is not worked for.
    if (!response.destroyed) its(request, response, next);
  });
}

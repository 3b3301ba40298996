/** What the handlers of all paths share: reading a body, and refusing a method. */
import type { Request, Response } from 'express';
import { parseJson, readBody } from './body.ts';
import type { ApiLimits } from './limits.ts';
import { sendText } from './reply.ts';

/** For `.all` behind the methods that a path has. */
export function wrongMethod(allowed: string) {
  return (request: Request, response: Response) =>
    sendText(response, 405, `${request.method} is not possible here; ${allowed} is`, ['Allow', allowed]);
}

/** JSON, or YAML when the client says so. */
export function withBody(request: Request, response: Response, limits: ApiLimits, use: (body: unknown) => void): void {
  const isYaml = /yaml/.test(request.headers['content-type'] ?? '');
  readBody(request, isYaml ? limits.yamlBytesMax : limits.bodyBytesMax, (fault, text) => {
    if (fault) sendText(response, fault.status, fault.text, ['Connection', 'close']);
    else if (!isYaml) useJson(text);
    else
      jsonFromYaml(text).then(useJson, (error: Error) =>
        sendText(response, 400, `the body is not YAML: ${error.message}`),
      );
  });

  function useJson(text: string): void {
    const body = parseJson(text);
    if (body.fault === undefined) use(body.value);
    else sendText(response, 400, body.fault);
  }
}

async function jsonFromYaml(text: string): Promise<string> {
  const { parse } = await import('yaml');
  return JSON.stringify(parse(text, { maxAliasCount: 0 })) ?? '';
}

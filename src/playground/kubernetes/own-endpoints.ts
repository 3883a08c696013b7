import type { AlertBook } from './alerts.ts';
import { json, type Reply } from './api/reply.ts';
import type { Faults } from './faults.ts';
import { at, numberOr, textOr } from './json.ts';
import type { RecordedRequest } from './recorder.ts';
import { SCENARIOS } from './scenarios/all.ts';

/** What the playground's own endpoints may do to the cluster. */
export type Controls = {
  breakScenario(name: string): void;
  heal(name: string): Promise<void>;
  advance(ms: number): void;
  readonly faults: Faults;
  readonly book: AlertBook;
  readonly requests: readonly RecordedRequest[];
};

function refused(error: unknown): Reply {
  return json(400, { error: error instanceof Error ? error.message : String(error) });
}

function attempt(act: () => unknown): Reply {
  try {
    return json(200, act());
  } catch (error) {
    return refused(error);
  }
}

/** Answers a path below /_playground/, which needs no token and counts as no request to the API. */
export function answerOwn(
  controls: Controls,
  method: string,
  path: string,
  body: Buffer,
): Reply | Promise<Reply> {
  let value: unknown = {};
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch (error) {
    return refused(error);
  }
  switch (`${method} ${path}`) {
    case 'POST /_playground/break':
      return attempt(() => {
        controls.breakScenario(textOr(at(value, 'scenario')));
        return { ok: true };
      });
    case 'POST /_playground/heal':
      return controls.heal(textOr(at(value, 'scenario'))).then(() => json(200, { ok: true }), refused);
    case 'POST /_playground/advance':
      return attempt(() => {
        controls.advance(numberOr(at(value, 'ms')));
        return { ok: true };
      });
    case 'POST /_playground/faults':
      return attempt(() => ({ ok: true, fault: controls.faults.add(value) }));
    case 'GET /_playground/scenarios':
      return json(200, {
        scenarios: SCENARIOS.map(
          ({ alerts, healthy: _healthy, apply: _apply, cure: _cure, heal: _heal, ...said }) => ({
            ...said,
            alerts: alerts.map(({ alertname, labels }) => ({ alertname, ...labels })),
          }),
        ),
      });
    case 'GET /_playground/requests':
      return json(200, { requests: controls.requests });
    case 'GET /_playground/health':
      return json(200, { scenarios: controls.book.health(), alerts: controls.book.alerts() });
    default:
      return json(404, { error: `the playground has no ${method} ${path}` });
  }
}

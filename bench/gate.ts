import { createServer, type Server } from 'node:http';
import { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } from '@kubernetes/client-node';
import { Agent } from 'undici';
import { ACCESS_REVIEW } from '../src/core/api-request.ts';
import { parseCommand } from '../src/core/command/parse.ts';
import { DEFAULT_PROTECTED_NAMESPACES } from '../src/core/guards/protected-namespace.ts';
import { requestsOf } from '../src/core/operation.ts';
import { type GateOptions, openGate } from '../src/kubernetes/gate.ts';
import { judgeRead } from '../src/kubernetes/grants.ts';
import { atMost, type Bench } from './bench.ts';
import { inRounds, quantile, round, spread } from './statistics.ts';

const A_ROUND = 150;
const PAIRS = 20 * A_ROUND;
const WARM_UP = 300;
const PATH = '/api/v1/namespaces/shop/pods';
const QUERY = 'limit=500&labelSelector=app%3Dcheckout';

/**
 * What the gate adds to a GET: the same request, through the gate and through client-node's own HTTP library, in turns
 * within one run, to a server that answers at once. The p99s are compared in the round in which client-node's own was
 * least, since whatever else the machine does is in them. And what its judgement takes alone.
 */
export const gate: Bench = {
  name: 'gate',
  async run(say) {
    const { url, close } = await listen();
    const dispatcher = new Agent();
    try {
      const ask = async (how: 'gate' | 'bare'): Promise<number> => {
        const request = new RequestContext(`${url}${PATH}?${QUERY}`, HttpMethod.GET);
        request.setHeaderParam('Accept', 'application/json');
        request.setHeaderParam('Authorization', 'Bearer x');
        request.setDispatcher(dispatcher);
        const library = how === 'gate' ? openGate(optionsOf(url), grant()) : new IsomorphicFetchHttpLibrary();
        const began = performance.now();
        const answer = await library.send(request).toPromise();
        const text = await answer.body.text();
        const took = performance.now() - began;
        if (text !== BODY) throw new Error(`the ${how} gave ${text.length} characters`);
        return took;
      };
      const gated: number[] = [];
      const bare: number[] = [];
      for (let pair = 0; pair < WARM_UP + PAIRS; pair += 1) {
        // Who goes first changes, so that neither always finds the connection warm.
        const turns = pair % 2 === 0 ? (['gate', 'bare'] as const) : (['bare', 'gate'] as const);
        for (const how of turns) (how === 'gate' ? gated : bare).push(await ask(how));
      }
      const [through, past] = [gated.slice(WARM_UP), bare.slice(WARM_UP)];
      const bareRounds = inRounds(past, A_ROUND).map((one) => quantile(one, 0.99));
      const quietest = bareRounds.indexOf(Math.min(...bareRounds));
      const gatedP99 = quantile(inRounds(through, A_ROUND)[quietest] ?? [], 0.99);
      const addedP99 = round(gatedP99 - (bareRounds[quietest] ?? 0));
      const addedMedian = round(quantile(through, 0.5) - quantile(past, 0.5));
      const judging = judgements();
      say(
        `p99 ${round(quantile(through, 0.99))} ms through the gate, ${round(quantile(past, 0.99))} ms past it`,
      );
      return {
        n: { pairs: PAIRS, judgements: judging.length },
        targets: [
          atMost('what the gate adds to a GET, p99, ms', 1, addedP99),
          atMost('what the gate adds to a GET, median, ms', 1, addedMedian),
          atMost('judging a request alone, p99, ms', 1, round(quantile(judging, 0.99))),
        ],
        figures: { throughGateMs: spread(through), bareMs: spread(past), judgingMs: spread(judging) },
      };
    } finally {
      await dispatcher.close();
      await close();
    }
  },
};

/** As large as a list of a few pods. */
const BODY = JSON.stringify({
  kind: 'PodList',
  apiVersion: 'v1',
  items: Array.from({ length: 20 }, (_, at) => ({
    metadata: { name: `checkout-${at}` },
    spec: { nodeName: 'node-a' },
    status: { phase: 'Running' },
  })),
});

async function listen(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server: Server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(BODY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As a step of an incident reads: within the requests of one operation. */
function grant() {
  return { kind: 'read', only: ONLY } as const;
}
const ONLY = only();
function only() {
  const parsed = parseCommand('kubectl get pods,deployments,services,hpa -n shop -l app=checkout');
  if (parsed.verdict === 'refuse') throw new Error(parsed.reason);
  return [...requestsOf(parsed.operation).toReversed(), ACCESS_REVIEW];
}

function optionsOf(url: string): GateOptions {
  return {
    cluster: 'prod',
    connection: {
      server: new URL(url),
      prefix: '',
      authenticate: async () => undefined,
      close: async () => undefined,
    },
    responseBytes: 8 * 1024 * 1024,
    writeTimeoutMs: 10_000,
    protectedNamespaces: DEFAULT_PROTECTED_NAMESPACES,
    onRefused: ({ says }) => {
      throw new Error(says);
    },
  };
}

function judgements(): readonly number[] {
  const times: number[] = [];
  for (let at = 0; at < WARM_UP + PAIRS; at += 1) {
    const request = {
      method: 'GET',
      path: PATH,
      query: new URLSearchParams(QUERY),
      contentType: '',
      body: undefined,
    };
    const began = performance.now();
    const judged = judgeRead(request, DEFAULT_PROTECTED_NAMESPACES, { only: ONLY });
    times.push(performance.now() - began);
    if (!judged.allowed) throw new Error(judged.says);
  }
  return times.slice(WARM_UP);
}

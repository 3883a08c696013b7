import type { Args } from './args.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Emit } from './events.ts';
import type { JsonObject } from './json.ts';
import type { State } from './state.ts';
import type { Tickets } from './tickets.ts';

/** What a Web API method gets to work with. */
export type Call = {
  args: Args;
  state: State;
  tickets: Tickets;
  delivery: Delivery;
  emit: Emit;
  /** Scopes of the token that was used. */
  scopes: readonly string[];
};

/** An answer with `ok: false`: Slack's error code, and members that come beside it. */
export class Refusal extends Error {
  readonly code: string;
  readonly detail: JsonObject;
  constructor(code: string, detail: JsonObject = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

export type Refuse<Code extends string> = (code: Code, detail?: JsonObject) => Refusal;

export type Method = {
  name: string;
  /** Scopes the token needs; any one of them is enough. Empty: none. */
  scopes: readonly string[];
  token: 'bot' | 'app' | 'any';
  errors: readonly string[];
  run(call: Call): JsonObject;
};

/**
 * Declares one method of the Web API. `errors` are the codes that it can answer beyond those every method
 * shares; each is in Slack's reference for that method, which a test checks against a copy of the lists.
 */
export function method<const Code extends string>(spec: {
  name: string;
  scopes?: readonly string[];
  token?: 'bot' | 'app' | 'any';
  errors?: readonly Code[];
  run(call: Call, refuse: Refuse<Code>): JsonObject;
}): Method {
  return {
    name: spec.name,
    scopes: spec.scopes ?? [],
    token: spec.token ?? 'bot',
    errors: spec.errors ?? [],
    run: (call) => spec.run(call, (code, detail) => new Refusal(code, detail)),
  };
}

/** The general answer to a required argument that is absent and has no error code of its own. */
export function missingField(...names: string[]): Refusal {
  return invalidArguments(names.map((name) => `[ERROR] missing required field: ${name}`));
}

export function invalidArguments(messages: readonly string[]): Refusal {
  return new Refusal('invalid_arguments', { response_metadata: { messages } });
}

import { type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { Json, JsonObject } from '../src/core/json.ts';

/** What the API server tells an admission policy of a request, as far as the policies here ask. */
export type Admission = {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly group: string;
  readonly resource: string;
  readonly subResource?: string;
  readonly namespace?: string | undefined;
  readonly username: string;
  /** Null where the operation has none. */
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
};

export type AdmissionVerdict =
  | { readonly status: 'not_matched' }
  | { readonly status: 'admitted' }
  | { readonly status: 'denied'; readonly messages: readonly string[] };

type Policy = {
  readonly spec: {
    readonly failurePolicy: string;
    readonly matchConditions: readonly { readonly expression: string }[];
    readonly variables: readonly { readonly name: string; readonly expression: string }[];
    readonly validations: readonly { readonly expression: string; readonly message: string }[];
  };
};

const environment = celEnv();
const plans = new Map<string, ReturnType<typeof plan>>();

function bind(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(bind);
  return new Map(Object.entries(value).map(([key, member]) => [key, bind(member)]));
}

/**
 * Judges a request by a ValidatingAdmissionPolicy as the API server does: variables are computed when they are named,
 * what does not evaluate counts as failed, and with `failurePolicy: Fail` that denies.
 */
export function admit(policy: JsonObject, asked: Admission): AdmissionVerdict {
  const { spec } = policy as unknown as Policy;
  if (spec.failurePolicy !== 'Fail') throw new Error('a fault must deny');
  const { operation, group, resource, subResource, namespace, username, object, oldObject } = asked;
  const facts: { [name: string]: CelInput } = {
    request: bind({
      operation,
      resource: { group, version: 'v1', resource },
      ...(subResource === undefined ? {} : { subResource }),
      ...(namespace === undefined ? {} : { namespace }),
      userInfo: { username },
    }),
    object: bind(object),
    oldObject: bind(oldObject),
  };
  const variables = new Map<string, CelInput>();
  const evaluate = (expression: string): unknown => {
    for (const [, name = ''] of expression.matchAll(/\bvariables\.(\w+)/g)) {
      const found = spec.variables.find((variable) => variable.name === name);
      if (found === undefined) throw new Error(`there is no variable ${name}`);
      const value = variables.has(name) ? null : evaluate(found.expression);
      if (value !== null && !isCelError(value)) variables.set(name, value as CelInput);
    }
    const run = plans.get(expression) ?? plan(environment, parse(expression));
    plans.set(expression, run);
    return run({ ...facts, variables });
  };
  if (!spec.matchConditions.every(({ expression }) => evaluate(expression) === true))
    return { status: 'not_matched' };
  const broken = spec.validations.filter(({ expression }) => evaluate(expression) !== true);
  return broken.length === 0
    ? { status: 'admitted' }
    : { status: 'denied', messages: broken.map(({ message }) => message) };
}

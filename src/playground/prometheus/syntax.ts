export type MatchOperator = '=' | '!=' | '=~' | '!~';

export type LabelMatcher = { label: string; operator: MatchOperator; value: string };

export const AGGREGATIONS = ['sum', 'max', 'min', 'count', 'avg'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

export const BINARY_OPERATORS = ['==', '!=', '>', '<', '>=', '<=', '+', '-', '*', '/', '%'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

/** The part of PromQL that the playground answers: https://prometheus.io/docs/prometheus/latest/querying/basics/ */
export type Query =
  | { kind: 'number'; value: number }
  | {
      kind: 'selector';
      name: string | undefined;
      matchers: readonly LabelMatcher[];
      rangeMs: number | undefined;
    }
  | { kind: 'call'; name: string; args: readonly Query[] }
  | { kind: 'aggregate'; how: Aggregation; by: readonly string[]; without: boolean; of: Query }
  | { kind: 'binary'; operator: BinaryOperator; bool: boolean; left: Query; right: Query };

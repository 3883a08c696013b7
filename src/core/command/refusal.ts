import type { KindRefusalCode } from '../kinds.ts';

/** Why a command is refused, from a fixed set. */
export type RefusalCode =
  | KindRefusalCode
  // the line and its words
  | 'empty'
  | 'too_long'
  | 'shell_metacharacter'
  | 'control_character'
  | 'non_ascii'
  | 'unbalanced_quote'
  | 'empty_word'
  | 'not_kubectl'
  // verbs
  | 'no_verb'
  | 'unknown_verb'
  | 'forbidden_verb'
  // flags
  | 'unknown_flag'
  | 'forbidden_flag'
  | 'short_flag_cluster'
  | 'repeated_flag'
  | 'missing_value'
  | 'flag_like_value'
  | 'double_dash'
  | 'bad_value'
  | 'conflicting_flags'
  | 'bad_jsonpath'
  | 'forbidden_path'
  // what the command is about
  | 'kind_not_for_verb'
  | 'kind_required'
  | 'mixed_kinds'
  | 'name_required'
  | 'too_many_names'
  | 'unexpected_word'
  | 'namespace_required'
  | 'replicas_required'
  | 'change_required'
  | 'ignore_daemonsets_required'
  | 'bad_json'
  | 'field_not_allowed'
  | 'reserved_key'
  | 'unbounded'
  | 'bulk'
  | 'forced'
  | 'protected_namespace'
  // templates
  | 'bad_placeholder'
  | 'unknown_placeholder'
  // a fault of ours: refused all the same
  | 'internal';

/** `reason` is a sentence for people; `column` starts at 1 and points at the word (for an argv: as if joined by spaces). */
export type Refusal = {
  readonly verdict: 'refuse';
  readonly code: RefusalCode;
  readonly reason: string;
  readonly column: number;
};

/** Thrown inside the grammar and caught where it is entered: whatever goes wrong in there refuses the command. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;
  readonly column: number;

  constructor(code: RefusalCode, reason: string, column: number) {
    super(reason);
    this.code = code;
    this.column = column;
  }
}

/** What `parse` gives, or the refusal that it threw. */
export function orRefusal<T>(parse: () => T): T | Refusal {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Refused) {
      return { verdict: 'refuse', code: error.code, reason: error.message, column: error.column };
    }
    const says = error instanceof Error ? error.message : String(error);
    return {
      verdict: 'refuse',
      code: 'internal',
      reason: `the command could not be judged: ${says}`,
      column: 1,
    };
  }
}

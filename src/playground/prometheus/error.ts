/** A query that is wrong, or beyond the playground's small part of PromQL; answered as `bad_data`. */
export class QueryError extends Error {}

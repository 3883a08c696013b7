/** A person tried something that Slack's own clients do not let them do. */
export class NotPossible extends Error {}

/** An answer of the API, as it comes over the wire, with changes for one test. */
export function statsAnswer(changes: Readonly<Record<string, unknown>> = {}) {
  return {
    period: "week",
    tz: "UTC",
    from: "2025-11-15T00:00:00Z",
    to: "2025-11-16T09:30:00.123456Z",
    totals: { users: 40, active_users: 9, dialogs: 12, messages: 150 },
    previous: { users: 38, active_users: 10, dialogs: 12, messages: 0 },
    activity: [
      { bucket: "2025-11-15T00:00:00Z", messages: 100, users: 5 },
      { bucket: "2025-11-16T00:00:00Z", messages: 50, users: 4 },
    ],
    ...changes,
  };
}

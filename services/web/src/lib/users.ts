import { z } from "zod";

import { count, identifier, MOST_ROWS, span, time } from "@/lib/answers";

const user = z.object({
  id: identifier,
  username: z.string().nullable(),
  language: z.string().nullable(),
  messages: count,
  dialogs: count,
  first_seen_at: time,
  last_seen_at: time,
  blocked: z.boolean(),
});

/** The API's answer to GET /api/v1/users/top. */
export const topUsersSchema = z.object({ ...span, users: z.array(user).max(MOST_ROWS) });

export type TopUsers = z.infer<typeof topUsersSchema>;
export type TopUser = TopUsers["users"][number];

/** One language of the users, with how many of them have it; null when it is not known. */
export interface LanguageShare {
  readonly language: string | null;
  readonly users: number;
}

/** The languages of the users, the most frequent first; regions are not told apart. */
export function countLanguages(users: readonly TopUser[]): readonly LanguageShare[] {
  const counts = new Map<string | null, number>();
  for (const { language } of users) {
    const key = language?.split(/[-_]/)[0]?.toLowerCase() || null;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .map(([language, number]) => ({ language, users: number }))
    .sort((one, other) => other.users - one.users);
}

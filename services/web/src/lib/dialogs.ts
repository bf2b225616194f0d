import { z } from "zod";

import { count, cursor, identifier, MOST_ROWS, time } from "@/lib/answers";

export const STATES = ["all", "open", "closed"] as const;

export type DialogState = (typeof STATES)[number];

const user = z.object({ id: identifier, username: z.string().nullable() });

const dialog = z.object({
  id: identifier,
  user,
  channel: z.string(),
  started_at: time,
  closed_at: time.nullable(),
  messages: count,
  failed: count,
  last_message_at: time.nullable(),
});

/** The API's answer to GET /api/v1/dialogs. */
export const dialogsSchema = z.object({ dialogs: z.array(dialog).max(MOST_ROWS), next: cursor });

const message = z.object({
  id: identifier,
  role: z.enum(["user", "assistant", "system"]),
  content: z.string().nullable(),
  created_at: time,
  tokens: count.nullable(),
  latency_ms: count.nullable(),
  model: z.string().nullable(),
  error_code: z.string().nullable(),
});

/** The API's answer to GET /api/v1/dialogs/{id}. */
export const dialogSchema = z.object({
  id: identifier,
  user: z.object({ ...user.shape, language: z.string().nullable() }),
  channel: z.string(),
  started_at: time,
  closed_at: time.nullable(),
  text: z.boolean(),
  messages: z.array(message).max(MOST_ROWS),
  next: cursor,
});

export type Dialogs = z.infer<typeof dialogsSchema>;
export type DialogRow = Dialogs["dialogs"][number];
export type Dialog = z.infer<typeof dialogSchema>;
export type Message = Dialog["messages"][number];

/** What /dialogs is asked to show. */
export interface DialogFilter {
  readonly state: DialogState;
  readonly user: number | undefined;
  readonly after: string | undefined;
}

type Parameter = string | readonly string[] | undefined;

/** The filter of an address; what cannot be understood is left out. */
export function parseFilter(query: Readonly<Record<string, Parameter>>): DialogFilter {
  return {
    state: STATES.find((state) => state === query["state"]) ?? "all",
    user: parseId(query["user"]),
    after: parseCursor(query["after"]),
  };
}

/** A row's number as it stands in an address, else undefined. */
export function parseId(value: Parameter): number | undefined {
  return typeof value === "string" && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
}

/** The place in a list that an address continues from; only the API knows what is in it. */
export function parseCursor(value: Parameter): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= 1000 ? value : undefined;
}

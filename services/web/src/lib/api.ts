import type { z } from "zod";

import {
  type Dialog,
  type DialogFilter,
  type Dialogs,
  dialogSchema,
  dialogsSchema,
} from "@/lib/dialogs";
import { ApiInvalid, ApiRefused } from "@/lib/errors";
import { checkStatus, get } from "@/lib/http";
import { type Llm, llmSchema } from "@/lib/llm";
import { withQuery } from "@/lib/paths";
import type { Period } from "@/lib/period";
import type { Settings } from "@/lib/settings";
import { type Activity, activitySchema, type Stats, statsSchema } from "@/lib/stats";
import { type TopUsers, topUsersSchema } from "@/lib/users";

const ANSWER_TIMEOUT_MS = 5_000;
const READY_TIMEOUT_MS = 1_000;
const DIALOGS_A_PAGE = 25;
const MESSAGES_A_PAGE = 100;
const UNPROCESSABLE = 422;

/** On whose behalf the API is asked. */
export interface Caller {
  readonly settings: Pick<Settings, "apiUrl" | "apiToken" | "apiTextToken">;
  readonly requestId: string;
  /** The visitor's time zone; reports come back in UTC when the API does not know it. */
  readonly zone: string;
}

/*
 * Each function resolves to a validated answer, and rejects with an ApiError
 * (errors.ts): no answer within 5 s, a status other than 2xx, another shape.
 */

export function fetchStats(caller: Caller, period: Period): Promise<Stats> {
  return report(caller, "/api/v1/stats", { period }, statsSchema);
}

export function fetchHours(caller: Caller, period: Exclude<Period, "month">): Promise<Activity> {
  return report(caller, "/api/v1/activity", { period, bucket: "hour" }, activitySchema);
}

export function fetchTopUsers(caller: Caller, period: Period, limit: number): Promise<TopUsers> {
  return report(caller, "/api/v1/users/top", { period, limit }, topUsersSchema);
}

export function fetchLlm(caller: Caller, period: Period): Promise<Llm> {
  return report(caller, "/api/v1/llm", { period }, llmSchema);
}

export function fetchDialogs(caller: Caller, filter: DialogFilter): Promise<Dialogs> {
  const path = withQuery("/api/v1/dialogs", { limit: DIALOGS_A_PAGE, ...filter });
  return ask(caller, path, caller.settings.apiToken, dialogsSchema);
}

/** One dialog, with what was said when there is a token for it. */
export function fetchDialog(
  caller: Caller,
  id: number,
  after: string | undefined,
): Promise<Dialog> {
  const { apiToken, apiTextToken } = caller.settings;
  const path = withQuery(`/api/v1/dialogs/${id}`, { limit: MESSAGES_A_PAGE, after });
  return ask(caller, path, apiTextToken ?? apiToken, dialogSchema);
}

/** Resolves when the API says that it is ready, and rejects with an ApiError otherwise. */
export async function checkApiReady(settings: Pick<Settings, "apiUrl">): Promise<void> {
  const { status } = await get(settings.apiUrl, "/readyz", new Headers(), READY_TIMEOUT_MS);
  checkStatus("/readyz", status);
}

type Query = Readonly<Record<string, string | number>> & { readonly period: Period };

async function report<Report extends { readonly period: Period }>(
  caller: Caller,
  path: string,
  query: Query,
  schema: z.ZodType<Report>,
): Promise<Report> {
  const inZone = (tz: string | undefined) =>
    ask(caller, withQuery(path, { ...query, tz }), caller.settings.apiToken, schema);
  let answer: Report;
  try {
    answer = await inZone(caller.zone === "UTC" ? undefined : caller.zone);
  } catch (error) {
    // A browser may know a zone by a name that the API's tables do not have.
    if (caller.zone === "UTC" || !(error instanceof ApiRefused) || error.status !== UNPROCESSABLE) {
      throw error;
    }
    answer = await inZone(undefined);
  }
  if (answer.period !== query.period) {
    throw new ApiInvalid(path, [`period: should be ${query.period}`]);
  }
  return answer;
}

async function ask<Body>(
  caller: Caller,
  path: string,
  token: string | undefined,
  schema: z.ZodType<Body>,
): Promise<Body> {
  const headers = new Headers({ Accept: "application/json", "X-Request-ID": caller.requestId });
  if (token !== undefined) {
    headers.set("Authorization", `Bearer ${token}`);
  }
  const { status, body } = await get(caller.settings.apiUrl, path, headers, ANSWER_TIMEOUT_MS);
  checkStatus(path, status);
  const parsed = schema.safeParse(parseJson(path, body));
  if (!parsed.success) {
    throw new ApiInvalid(
      path,
      parsed.error.issues.map((issue) => `${issue.path.join("/") || "body"}: ${issue.message}`),
    );
  }
  return parsed.data;
}

function parseJson(path: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiInvalid(path, ["body: should be JSON"]);
  }
}

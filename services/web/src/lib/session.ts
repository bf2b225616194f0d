import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export const SESSION_COOKIE = "session";

/** Seconds after which a person has to sign in again. */
export const SESSION_SECONDS = 7 * 24 * 3600;

/** The part of the settings that sessions depend on. */
export interface SessionKeys {
  readonly password: string;
  readonly sessionSecret: string;
}

/**
 * A session's cookie value: end in Unix seconds, a random part, and their HMAC-SHA256.
 *
 * The password takes part in the key: changing it ends every session.
 */
export function issueSession(keys: SessionKeys, now: Date): string {
  const end = Math.floor(now.getTime() / 1000) + SESSION_SECONDS;
  const payload = `${end}.${randomBytes(16).toString("base64url")}`;
  return `${payload}.${sign(payload, keys)}`;
}

/** Whether the value was issued here and its end is still to come. */
export function isSession(value: string | undefined, keys: SessionKeys, now: Date): boolean {
  const parts = /^((\d{1,12})\.[\w-]{22})\.([\w-]{43})$/.exec(value ?? "");
  if (parts === null) {
    return false;
  }
  const [, payload = "", end = "", signature = ""] = parts;
  return isEqual(signature, sign(payload, keys)) && Number(end) * 1000 > now.getTime();
}

/** Compare in a time that tells neither the length nor how much was right. */
export function isPassword(given: string, keys: SessionKeys): boolean {
  const digest = (text: string) =>
    createHmac("sha256", keys.sessionSecret).update(text).digest("base64url");
  return isEqual(digest(given), digest(keys.password));
}

/** The Set-Cookie header of a session; an empty value takes it away. */
export function sessionCookie(value: string, secure: boolean): string {
  const age = value === "" ? 0 : SESSION_SECONDS;
  const cookie = `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax`;
  return secure ? `${cookie}; Secure` : cookie;
}

function sign(payload: string, { password, sessionSecret }: SessionKeys): string {
  const key = createHmac("sha256", sessionSecret).update(`session\0${password}`).digest();
  return createHmac("sha256", key).update(payload).digest("base64url");
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

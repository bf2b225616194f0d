import type { Metadata } from "next";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";

import { Gate } from "@/components/shell/gate";
import { Icon } from "@/components/ui/icons";
import { ownPath } from "@/lib/paths";
import { isSession, SESSION_COOKIE } from "@/lib/session";
import { readSettings } from "@/lib/settings";
import type { Messages } from "@/messages";
import { readVisitor, type Visitor } from "@/server/visit";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await readVisitor()).t.login.title };
}

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const [visitor, query, cookie] = await Promise.all([readVisitor(), searchParams, cookies()]);
  const next = ownPath(typeof query["next"] === "string" ? query["next"] : undefined);
  if (isSession(cookie.get(SESSION_COOKIE)?.value, readSettings(process.env), new Date())) {
    redirect(next);
  }
  const { t } = visitor;
  const problem = problemOf(query, visitor);
  return (
    <Gate visitor={visitor}>
      <h1 className="font-semibold text-2xl tracking-[-0.03em]">{t.login.title}</h1>
      <p className="mt-1 text-sm text-soft">{t.login.text}</p>
      <form method="post" action="/login/session" className="mt-6 space-y-4">
        <input type="hidden" name="next" value={next} />
        {/* Password managers want to know whose password it is. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          defaultValue="dashboard"
          hidden
        />
        {problem === undefined ? null : (
          <p
            role="alert"
            id="problem"
            className="flex items-start gap-2 rounded-lg bg-down-wash px-3 py-2.5 font-medium text-down text-sm"
          >
            <Icon name="alert" className="mt-0.5 size-4" />
            {problem}
          </p>
        )}
        <div>
          <label htmlFor="password" className="mb-1.5 block font-medium text-sm">
            {t.login.password}
          </label>
          <input
            id="password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            // biome-ignore lint/a11y/noAutofocus: the only field of the page
            autoFocus
            aria-describedby={problem === undefined ? undefined : "problem"}
            className="w-full rounded-lg border border-soft/60 bg-canvas px-3.5 py-2.5 text-base focus-visible:border-sea focus-visible:outline-offset-0"
          />
        </div>
        <button
          type="submit"
          className="w-full rounded-lg bg-sea px-4 py-2.5 font-semibold text-on-sea hover:opacity-90"
        >
          {t.login.submit}
        </button>
      </form>
    </Gate>
  );
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

function problemOf(query: Query, { t, format }: Visitor): string | undefined {
  const { error, seconds } = query;
  const wait = Math.min(Number(seconds), 3600);
  const words: Readonly<Record<string, (login: Messages["login"]) => string>> = {
    wrong: (login) => login.wrong,
    origin: (login) => login.origin,
    wait: (login) =>
      wait > 0 ? login.wait(Math.ceil(wait), format.count(Math.ceil(wait))) : login.wrong,
  };
  return typeof error === "string" && Object.hasOwn(words, error)
    ? words[error]?.(t.login)
    : undefined;
}

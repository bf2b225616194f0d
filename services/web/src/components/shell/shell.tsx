import Link from "next/link";
import type { ReactNode } from "react";

import { NavLink } from "@/components/shell/nav-link";
import { Preferences } from "@/components/shell/preferences";
import { Zone } from "@/components/shell/zone";
import { Icon } from "@/components/ui/icons";
import { Logo } from "@/components/ui/logo";
import { ZONE_COOKIE } from "@/lib/preferences";
import { readRelease } from "@/lib/release";
import type { Messages } from "@/messages";
import type { Visitor } from "@/server/visit";

const PAGES = ["overview", "dialogs", "users", "llm", "status"] as const;

/** What every page stands in: a sidebar on wide screens, bars above and below on narrow ones. */
export function Shell({ visitor, children }: { visitor: Visitor; children: ReactNode }) {
  const { t, zone } = visitor;
  return (
    <>
      <a
        href="#content"
        className="sr-only z-50 rounded-lg bg-ink px-4 py-2 text-canvas focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {t.app.skip}
      </a>
      <div className="lg:flex">
        <Sidebar visitor={visitor} />
        <TopBar visitor={visitor} />
        <main
          id="content"
          className="mx-auto w-full min-w-0 max-w-[78rem] flex-1 px-4 pt-6 pb-28 sm:px-6 sm:pt-8 lg:px-10 lg:pt-10 lg:pb-16"
        >
          {children}
        </main>
      </div>
      <BottomBar t={t} />
      <Zone written={zone} cookie={ZONE_COOKIE} />
    </>
  );
}

function Brand({ t }: { t: Messages }) {
  return (
    <Link href="/" prefetch={false} className="flex w-fit items-center gap-2.5">
      <Logo />
      <span className="font-semibold text-[1.0625rem] tracking-[-0.02em]">{t.app.title}</span>
    </Link>
  );
}

function Sidebar({ visitor }: { visitor: Visitor }) {
  const { t } = visitor;
  return (
    <aside className="sticky top-0 hidden h-dvh w-64 shrink-0 flex-col overflow-y-auto border-line border-r px-4 py-6 lg:flex">
      <div className="px-2">
        <Brand t={t} />
      </div>
      <nav aria-label={t.nav.label} className="mt-8">
        <ul className="space-y-1">
          {PAGES.map((page) => (
            <li key={page}>
              <NavLink
                href={page === "overview" ? "/" : `/${page}`}
                className="group flex items-center gap-3 rounded-xl border border-transparent px-3 py-2 font-medium text-sm text-soft hover:bg-sunken hover:text-ink aria-[current=page]:border-line aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:shadow-card"
              >
                <Icon name={page} className="size-5 group-aria-[current=page]:text-sea" />
                {t.nav[page]}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mt-auto space-y-4 px-1 pt-8">
        <Preferences visitor={visitor} />
        <SignOut t={t} />
        <Release t={t} />
      </div>
    </aside>
  );
}

function TopBar({ visitor }: { visitor: Visitor }) {
  const { t } = visitor;
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between border-line border-b bg-canvas/90 px-4 backdrop-blur sm:px-6 lg:hidden">
      <Brand t={t} />
      <details className="group relative">
        <summary className="grid size-10 cursor-pointer list-none place-items-center rounded-lg text-soft hover:text-ink group-open:bg-surface group-open:text-ink [&::-webkit-details-marker]:hidden">
          <Icon name="settings" className="size-5" />
          <span className="sr-only">{t.preferences.label}</span>
        </summary>
        <div className="absolute top-full right-0 mt-2 w-68 space-y-4 rounded-2xl border border-line bg-surface p-4 shadow-lg">
          <Preferences visitor={visitor} />
          <SignOut t={t} />
          <Release t={t} />
        </div>
      </details>
    </header>
  );
}

function BottomBar({ t }: { t: Messages }) {
  return (
    <nav
      aria-label={t.nav.label}
      className="fixed inset-x-0 bottom-0 z-30 border-line border-t bg-surface/95 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:hidden"
    >
      <ul className="mx-auto grid max-w-lg grid-cols-5">
        {PAGES.map((page) => (
          <li key={page}>
            <NavLink
              href={page === "overview" ? "/" : `/${page}`}
              className="group flex flex-col items-center gap-0.5 py-2 font-medium text-[0.6875rem] text-soft aria-[current=page]:text-sea"
            >
              <span className="rounded-full px-4 py-1 group-aria-[current=page]:bg-sea-wash">
                <Icon name={page} className="size-5" />
              </span>
              {t.nav[page]}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SignOut({ t }: { t: Messages }) {
  return (
    <form method="post" action="/logout">
      <button
        type="submit"
        className="flex w-full items-center justify-center gap-2 rounded-lg border border-line bg-surface px-3 py-2 font-medium text-sm hover:bg-sunken"
      >
        <Icon name="exit" className="size-4 text-soft" />
        {t.preferences.signOut}
      </button>
    </form>
  );
}

function Release({ t }: { t: Messages }) {
  const { version, commit } = readRelease(process.env);
  return (
    <p className="truncate text-center text-soft text-xs">
      {version === "unknown" ? t.app.releaseUnknown : t.app.release(version, commit.slice(0, 7))}
    </p>
  );
}

import type { ReactNode } from "react";

import { Preferences } from "@/components/shell/preferences";
import { Waves } from "@/components/shell/waves";
import { Zone } from "@/components/shell/zone";
import { Logo } from "@/components/ui/logo";
import { ZONE_COOKIE } from "@/lib/preferences";
import type { Visitor } from "@/server/visit";

/** The frame of pages outside of the dashboard: one card, and the preferences below. */
export function Gate({ visitor, children }: { visitor: Visitor; children: ReactNode }) {
  return (
    <div className="relative flex min-h-dvh flex-col items-center justify-center overflow-hidden px-4 py-10">
      <Waves />
      <main className="relative w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <Logo />
          <span className="font-semibold text-lg tracking-[-0.02em]">{visitor.t.app.title}</span>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          {children}
        </div>
        <div className="mt-6">
          <Preferences visitor={visitor} />
        </div>
      </main>
      <Zone written={visitor.zone} cookie={ZONE_COOKIE} />
    </div>
  );
}

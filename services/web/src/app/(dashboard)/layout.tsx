import type { ReactNode } from "react";

import { Shell } from "@/components/shell/shell";
import { requireVisit } from "@/server/visit";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  return <Shell visitor={await requireVisit()}>{children}</Shell>;
}

import { Badge } from "@/components/ui/badge";
import type { Messages } from "@/messages";

export function StateBadge({ closed, t }: { closed: boolean; t: Messages }) {
  return closed ? (
    <Badge tone="soft">{t.dialog.closed}</Badge>
  ) : (
    <Badge tone="up">
      <span className="size-1.5 rounded-full bg-current" />
      {t.dialog.open}
    </Badge>
  );
}

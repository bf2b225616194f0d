import { Segments } from "@/components/ui/segments";
import { PERIODS, type Period } from "@/lib/period";
import type { Messages } from "@/messages";

interface PeriodSwitchProps {
  readonly path: string;
  readonly current: Period;
  readonly t: Messages;
}

export function PeriodSwitch({ path, current, t }: PeriodSwitchProps) {
  const items = PERIODS.map((period) => ({
    key: period,
    name: t.period[period],
    href: `${path}?period=${period}`,
  }));
  return <Segments label={t.period.label} items={items} current={current} />;
}

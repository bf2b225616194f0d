import { Icon } from "@/components/ui/icons";
import type { Chart } from "@/lib/chart";
import type { Messages } from "@/messages";

/** The chart's text alternative, and the numbers for anyone who wants them. */
export function ChartTable({ chart, caption, t }: { chart: Chart; caption: string; t: Messages }) {
  const series = chart.panels.flatMap((panel) => panel.series);
  return (
    <details className="group mt-5 border-line border-t pt-4">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 font-medium text-sea text-sm [&::-webkit-details-marker]:hidden">
        <Icon
          name="right"
          className="size-3.5 group-open:rotate-90 motion-safe:transition-transform"
        />
        {t.common.table}
      </summary>
      <div className="mt-4 overflow-x-auto">
        <table className="w-full max-w-xl text-left text-sm tabular-nums">
          <caption className="sr-only">{caption}</caption>
          <thead className="text-soft text-xs">
            <tr>
              <th scope="col" className="py-2 pr-4 font-medium">
                {t.common.time}
              </th>
              {series.map(({ name }) => (
                <th key={name} scope="col" className="py-2 pl-4 text-right font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {chart.points.map((point, index) => (
              <tr key={point.key} className="border-line border-t">
                <th scope="row" className="whitespace-nowrap py-1.5 pr-4 font-normal">
                  {point.name}
                </th>
                {series.map(({ name, texts }) => (
                  <td key={name} className="py-1.5 pl-4 text-right">
                    {texts[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import { ShareList } from "@/components/chart/share-list";
import { Card } from "@/components/ui/card";
import type { Llm } from "@/lib/llm";
import type { Visitor } from "@/server/visit";

interface ListProps {
  readonly report: Llm;
  readonly visitor: Visitor;
}

const HEAD = "whitespace-nowrap py-2 pl-3 sm:pl-4 text-right font-medium";
const CELL = "whitespace-nowrap py-3 pl-3 sm:pl-4 text-right";

export function ModelsCard({ report: { models }, visitor: { t, format } }: ListProps) {
  const [first] = models.toSorted((one, other) => other.answers - one.answers);
  return (
    <Card
      title={first === undefined ? t.llm.modelsText : t.llm.models(first.model)}
      text={t.llm.modelsText}
    >
      {/* Scrolls by itself on narrow screens; reachable by keyboard for that reason. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus */}
      <section tabIndex={0} aria-label={t.llm.modelsText} className="mt-3 overflow-x-auto">
        <table className="w-full text-left text-sm tabular-nums">
          <thead className="text-soft text-xs">
            <tr>
              <th scope="col" className="py-2 font-medium">
                {t.llm.model}
              </th>
              <th scope="col" className={HEAD}>
                {t.llm.answers}
              </th>
              <th scope="col" className={HEAD}>
                {t.llm.failedSeries}
              </th>
              <th scope="col" className={HEAD}>
                {t.llm.p95}
              </th>
              <th scope="col" className={`${HEAD} max-sm:hidden`}>
                {t.llm.tokens}
              </th>
            </tr>
          </thead>
          <tbody>
            {models.map(({ model, answers, failures, latency_ms, tokens }) => (
              <tr key={model} className="border-line border-t">
                <th scope="row" className="wrap-anywhere min-w-20 py-3 font-medium">
                  {model}
                </th>
                <td className={CELL}>{format.count(answers)}</td>
                <td className={`${CELL} ${failures === 0 ? "text-soft" : "font-medium text-down"}`}>
                  {format.count(failures)}
                </td>
                <td className={CELL}>
                  {latency_ms === null ? t.common.none : format.duration(latency_ms.p95)}
                </td>
                <td className={`${CELL} max-sm:hidden`}>{format.short(tokens)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

export function ErrorsCard({ report: { errors }, visitor: { t, format } }: ListProps) {
  const sorted = errors.toSorted((one, other) => other.count - one.count);
  const [first] = sorted;
  if (first === undefined) {
    return (
      <Card title={t.llm.noErrors} text={t.llm.noErrorsText}>
        {null}
      </Card>
    );
  }
  return (
    <Card title={t.llm.errors(first.error_code)} text={t.llm.errorsText}>
      <ShareList
        tone="down"
        rows={sorted.map(({ error_code, count }) => ({
          key: error_code,
          name: error_code,
          value: format.count(count),
          amount: count,
        }))}
      />
    </Card>
  );
}

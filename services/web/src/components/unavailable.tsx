import { Notice } from "@/components/notice";
import type { WebError } from "@/lib/errors";
import type { Period } from "@/lib/period";

const TEXTS: Record<WebError["kind"], { readonly title: string; readonly text: string }> = {
  settings: {
    title: "The dashboard is not set up",
    text: "A setting is missing or cannot be used. The dashboard's log names it.",
  },
  unreachable: {
    title: "The API does not answer",
    text: "It may be starting or being updated. Wait a moment and try again.",
  },
  refused: {
    title: "The API refused the request",
    text: "Most often its token is wrong or missing here. The dashboard's log has the status.",
  },
  failed: {
    title: "The API could not answer",
    text: "Its log has the reason under the request number below; a database that is down is the usual one.",
  },
  invalid: {
    title: "The API's answer is not understood",
    text: "The dashboard and the API are probably of different releases. Deploy them together.",
  },
};

interface UnavailableProps {
  readonly kind: WebError["kind"];
  readonly period: Period;
  readonly requestId: string;
}

export function Unavailable({ kind, period, requestId }: UnavailableProps) {
  const { title, text } = TEXTS[kind];
  return (
    <div role="alert" className="mt-6">
      <Notice
        heading="h2"
        title={title}
        action={
          // A plain link: loading the whole page anew is the point.
          <a href={`/?period=${period}`} className="px-4 py-2">
            Try again
          </a>
        }
      >
        <p>{text}</p>
        <p className="mt-3 text-xs">Request {requestId}</p>
      </Notice>
    </div>
  );
}

import { Notice } from "@/components/ui/notice";
import type { WebError } from "@/lib/errors";
import type { Messages } from "@/messages";

interface UnavailableProps {
  readonly kind: WebError["kind"];
  /** The address of this page: loading the whole of it anew is the point. */
  readonly retry: string;
  readonly requestId: string;
  readonly t: Messages;
}

export function Unavailable({ kind, retry, requestId, t }: UnavailableProps) {
  const { title, text } = t.unavailable[kind];
  return (
    <div role="alert">
      <Notice
        heading="h2"
        icon="alert"
        title={title}
        action={
          <a href={retry} className="px-4 py-2">
            {t.common.retry}
          </a>
        }
      >
        <p>{text}</p>
        <p className="mt-3 break-all text-xs">{t.common.request(requestId)}</p>
      </Notice>
    </div>
  );
}

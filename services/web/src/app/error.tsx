"use client";

import { Notice } from "@/components/notice";

/** Shown for a fault of the dashboard itself; the API's faults have their own notice. */
export default function ErrorPage({ reset }: { reset: () => void }) {
  return (
    <Notice
      heading="h1"
      title="Something broke on this page"
      action={
        <button type="button" onClick={reset} className="cursor-pointer px-4 py-2">
          Try again
        </button>
      }
    >
      <p>The fault is in the dashboard, not in your data. Its log has the details.</p>
    </Notice>
  );
}

"use client";

import { useEffect, useState } from "react";

import { Notice } from "@/components/ui/notice";
import { parseLocale } from "@/lib/preferences";
import { FAULT } from "@/messages/fault";

/** Shown for a fault of the dashboard itself; the API's faults have their own notice. */
export default function ErrorPage({ reset }: { reset: () => void }) {
  const [locale, setLocale] = useState<"en" | "ru">("en");
  // The page's language is known to the document only: what failed may be what knew it.
  useEffect(() => setLocale(parseLocale(document.documentElement.lang) ?? "en"), []);
  const { title, text, retry } = FAULT[locale];
  return (
    <Notice
      heading="h1"
      icon="alert"
      title={title}
      action={
        <button type="button" onClick={reset} className="px-4 py-2">
          {retry}
        </button>
      }
    >
      <p>{text}</p>
    </Notice>
  );
}

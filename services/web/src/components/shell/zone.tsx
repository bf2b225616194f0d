"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

interface ZoneProps {
  /** The time zone that the server wrote the page in. */
  readonly written: string;
  readonly cookie: string;
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** Tells the server the browser's time zone, and asks for the page again when it was in another. */
export function Zone({ written, cookie }: ZoneProps) {
  const router = useRouter();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const entry = `${cookie}=${zone}`;
    // Told already, and still written in another: the server does not know this zone.
    if (zone === written || document.cookie.split("; ").includes(entry)) {
      return;
    }
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet
    document.cookie = `${entry}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax`;
    router.refresh();
  }, [written, cookie, router]);
  return null;
}
